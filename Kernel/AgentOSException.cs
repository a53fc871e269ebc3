namespace AgentOS.Kernel;

/// <summary>The root of all errors that AgentOS raises itself. The message states the facts and what to do next.</summary>
public class AgentOSException : Exception
{
    public AgentOSException(string message) : base(message) { }

    public AgentOSException(string message, Exception inner) : base(message, inner) { }

    private AgentOSException() { }
}
