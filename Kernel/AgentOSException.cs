namespace AgentOS.Kernel;

/// <summary>The root of every error of AgentOS: carries the facts and says what to do next.</summary>
public class AgentOSException : Exception
{
    public AgentOSException(string message) : base(message) { }

    public AgentOSException(string message, Exception? inner) : base(message, inner) { }
}
