namespace AgentOS.Kernel.Tasks;

/// <summary>What can be asked of a task. Each may be asked again after a crash: what is already so stays so.</summary>
public abstract record TaskCommand
{
    private TaskCommand() { }

    /// <summary>Someone named is to do it: a worker a task, an orchestrator a goal.</summary>
    public sealed record Assign(Guid AgentId) : TaskCommand;

    /// <summary>Whoever is free may do it.</summary>
    public sealed record Unassign : TaskCommand;

    /// <summary>A goal is being planned. (A task begins with its worker, see <c>AgentStore.ClaimWorkerAsync</c>.)</summary>
    public sealed record BeginGoal(Guid? PlannerId = null) : TaskCommand;

    /// <summary>The workspace is there.</summary>
    public sealed record Prepare(string Branch, string BaseSha) : TaskCommand;

    /// <summary>The work is a commit, and the judge's turn has come. Frees the worker.</summary>
    public sealed record Submit(string HeadSha, string? Result = null) : TaskCommand;

    /// <summary>The attempt did not do; the next begins, or the task is blocked after the last.</summary>
    /// <param name="Attempt">The attempt that is rejected: the same rejection twice counts once.</param>
    /// <param name="Reason">One word: no-changes, checks, verdict, person, merge.</param>
    public sealed record SendBack(int Attempt, string Reason, string Feedback) : TaskCommand;

    /// <summary>It cannot go on without someone else. Frees the worker.</summary>
    public sealed record Block(string Reason) : TaskCommand;

    /// <summary>A goal was reached. (A task is done by its merge, see <c>MergeStore.LandAsync</c>.)</summary>
    public sealed record CompleteGoal(string? Result) : TaskCommand;

    /// <summary>A blocked one gets another chance.</summary>
    public sealed record Retry(int MoreAttempts = 3) : TaskCommand;

    /// <summary>Its work lies still: back to the inbox, for a new workflow. The attempt goes on where it was.</summary>
    public sealed record TakeBack(string Reason) : TaskCommand;
}
