using AgentOS.Kernel;

namespace AgentOS.Activities.Git;

/// <summary>A repository cannot be used as asked; the message says why and what to do.</summary>
public sealed class RepositoryException : AgentOSException
{
    public RepositoryException(string message) : base(message) { }

    public RepositoryException(string message, Exception inner) : base(message, inner) { }
}
