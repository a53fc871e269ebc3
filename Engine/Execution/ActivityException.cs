namespace AgentOS.Engine.Execution;

/// <summary>A fault that the engine finds in a definition or its data. Instances show it as a plain exception, as definitions know it from Elsa.</summary>
internal sealed class ActivityException(string message, Exception? innerException = null) : Exception(message, innerException);
