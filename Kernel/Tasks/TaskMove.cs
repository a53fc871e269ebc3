using static AgentOS.Kernel.Tasks.TaskState;

namespace AgentOS.Kernel.Tasks;

/// <summary>What a person means who moves a task from one state to another. Whether it can be is for <see cref="TaskRules"/> to say when it is done.</summary>
public abstract record TaskMove
{
    private TaskMove() { }

    /// <summary>It is there already.</summary>
    public sealed record Stay : TaskMove;

    /// <summary>Whoever is free may do it.</summary>
    public sealed record Unassign : TaskMove;

    /// <summary>An agent is to be named.</summary>
    public sealed record Assign : TaskMove;

    /// <summary>Another chance, see <see cref="TaskStore.RetryAsync"/>.</summary>
    public sealed record Retry : TaskMove;

    /// <summary>The work on it ends until it is retried; a reason is to be given.</summary>
    public sealed record Stop : TaskMove;

    /// <summary>A person's approval of what is in review, see <see cref="TaskStore.ReviewAsync"/>.</summary>
    public sealed record Approve : TaskMove;

    /// <summary>A person's rejection; what is wrong is to be said.</summary>
    public sealed record Reject : TaskMove;

    /// <param name="Reason">Why no person can do that, and what they can do.</param>
    public sealed record Refused(string Reason) : TaskMove;

    public static TaskMove Of(TaskState from, TaskState to) => (from, to) switch
    {
        (Done or Cancelled, _) => new Refused("It has ended, and stays as the record of what was done. Make a new task instead."),
        _ when from == to => new Stay(),
        (Assigned, Inbox) => new Unassign(),
        (Blocked, Inbox or InProgress) => new Retry(),
        (InProgress or Review, Inbox) => new Refused("It is being worked on. Stop it (move it to Blocked), then give it another chance."),
        (Review, InProgress) => new Reject(),
        (Review, Assigned) => new Refused("It is in review. Reject it (move it to In progress), or stop it first."),
        (_, Assigned) => new Assign(),
        (_, Blocked) => new Stop(),
        (Review, Done) => new Approve(),
        (_, Done) => new Refused("It is done when its merge has landed: a worker does it, checks and a judge agree, and the merge queue tests it."),
        (_, Review) => new Refused("It comes into review by itself when its worker has committed the work."),
        (_, InProgress) => new Refused("It begins by itself as soon as a worker is free and what it waits for is done. Raise its priority to have it sooner."),
        _ => new Refused("Tasks are cancelled, not moved there."),
    };
}
