namespace AgentOS.Kernel.Tasks;

/// <summary>What <see cref="TaskRules"/> say to a command.</summary>
public abstract record TaskDecision
{
    private TaskDecision() { }

    /// <param name="Task">As it is to be.</param>
    /// <param name="Event">The verb of the log entry: <c>task.EVENT</c> or <c>goal.EVENT</c>.</param>
    /// <param name="FreesWorker">Whoever holds it is free again.</param>
    /// <param name="DropsMerge">What waits in the merge queue is taken out.</param>
    public sealed record Changed(AgentTask Task, string Event, string Message, bool FreesWorker = false, bool DropsMerge = false) : TaskDecision;

    /// <summary>It is so already.</summary>
    public sealed record Unchanged : TaskDecision;

    public sealed record Refused(string Reason) : TaskDecision;
}
