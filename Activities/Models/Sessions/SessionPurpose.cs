using AgentOS.Activities.Git;
using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;
using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Models.Sessions;

/// <summary>What a session is about, loaded once for a step.</summary>
public sealed record SessionScope(Session Session, AgentTask Task, Repository Repository, Workspace Workspace)
{
    /// <summary>Called with each line of a command's output as it comes.</summary>
    public Action<string>? OnOutput { get; init; }
}

/// <summary>How a session begins: who the agent is, and what it is to do.</summary>
public sealed record SessionOpening(string System, string User);

/// <summary>
/// What sessions are opened for. One class a purpose, in the folder of its capability: its prompt, its workspace, its tools.
/// </summary>
public abstract class SessionPurpose
{
    /// <summary>The word by which workflows name it.</summary>
    public abstract string Name { get; }

    public abstract AgentRole Role { get; }

    /// <summary>Whether the tools may change files, so that the workspace is kept after each.</summary>
    public virtual bool ChangesFiles => false;

    /// <summary>The folder in which the session's tools work. Made again when it is gone.</summary>
    public abstract Task<Workspace> WorkspaceAsync(Session session, AgentTask task, Repository repository, CancellationToken cancellation);

    public abstract Task<SessionOpening> OpeningAsync(SessionScope scope, CancellationToken cancellation);

    /// <summary>The tools of the purpose. Those of every session (<c>fetch_url</c>, <c>ask_human</c>, of MCP servers) are added by <see cref="SessionTools"/>.</summary>
    public abstract Task<IReadOnlyList<AIFunction>> ToolsAsync(SessionScope scope, CancellationToken cancellation);

    /// <summary>How a session that was just opened ends without a model, because a person has done or decided what it is for; null: it does not.</summary>
    public virtual Task<(string Outcome, string Summary)?> DecidedAsync(SessionScope scope, CancellationToken cancellation) => Task.FromResult<(string, string)?>(null);

    /// <summary>Why the agent may not finish yet, for the model; null when it may.</summary>
    public virtual Task<string?> ObjectionAsync(SessionScope scope, Ending.Finished finished, CancellationToken cancellation) => Task.FromResult<string?>(null);

    /// <summary>Whether the session is asked for a verdict rather than for work.</summary>
    public bool Judges => Role == AgentRole.Reviewer;
}
