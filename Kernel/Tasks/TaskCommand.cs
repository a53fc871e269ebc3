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
    public sealed record Prepare(string Branch, string BaseSha, string? Workspace = null) : TaskCommand;

    /// <summary>The work is a commit, and the judge's turn has come. Frees the worker.</summary>
    public sealed record Submit(string HeadSha, string? Result = null) : TaskCommand;

    /// <summary>The attempt did not do; the next begins, or the task is blocked after the last.</summary>
    /// <param name="Attempt">The attempt that is rejected: the same rejection twice counts once.</param>
    /// <param name="Reason">One word: no-changes, checks, verdict, person, merge.</param>
    public sealed record SendBack(int Attempt, string Reason, string Feedback) : TaskCommand;

    /// <summary>It cannot go on without someone else. Frees the worker.</summary>
    /// <param name="Instance">Only while this workflow has it: one that has lost the task has nothing to say about it.</param>
    public sealed record Block(string Reason, string? Instance = null) : TaskCommand;

    /// <summary>A person stops it: its session ends, and it waits for <see cref="Retry"/>.</summary>
    public sealed record Stop(string Reason) : TaskCommand;

    /// <summary>A person goes on with it in its workspace; the agents leave it alone until <see cref="HandBack"/>.</summary>
    public sealed record TakeOver : TaskCommand;

    /// <summary>What the person changed in the workspace is the next attempt: it is committed, checked and judged like an agent's.</summary>
    public sealed record HandBack(string Summary) : TaskCommand;

    /// <summary>The work of the person who handed it back is a commit now.</summary>
    public sealed record Keep(string HeadSha) : TaskCommand;

    /// <summary>A goal was reached. (A task is done by its merge, see <c>MergeStore.LandAsync</c>.)</summary>
    /// <param name="Attempt">The plan that was judged: one that a person has replaced since is not the goal's end. Null: whichever.</param>
    public sealed record CompleteGoal(string? Result, int? Attempt = null) : TaskCommand;

    /// <summary>A person wants another plan: the planning or judging under way ends, and the planner begins anew with the note. See <c>TaskStore.ReplanAsync</c>.</summary>
    public sealed record Replan(string Note) : TaskCommand;

    /// <summary>A blocked one gets another chance.</summary>
    public sealed record Retry(int MoreAttempts = 3) : TaskCommand;

    /// <summary>Its work lies still: back to the inbox, for a new workflow. The attempt goes on where it was.</summary>
    /// <param name="Instance">Only while this workflow, which is gone, has it.</param>
    public sealed record TakeBack(string Reason, string? Instance = null) : TaskCommand;
}
