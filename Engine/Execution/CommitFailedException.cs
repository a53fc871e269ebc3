namespace AgentOS.Engine.Execution;

/// <summary>The run's changes could not be written, for instance because another node has taken the instance over. The run ends; what was committed before stays.</summary>
public sealed class CommitFailedException(string message, Exception? innerException = null) : Exception(message, innerException);
