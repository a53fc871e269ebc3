namespace AgentOS.Kernel.Workflows;

/// <summary>Definitions and what runs of them, by who knows the engine.</summary>
public delegate Task<WorkflowOverview> ReadWorkflows(CancellationToken cancellation);

/// <summary>Sets a faulted instance going again: by its task, where it has one that it blocked, else by itself. Refuses with a <see cref="Database.RefusedException"/>.</summary>
/// <returns>What was done, as a sentence.</returns>
public delegate Task<string> RetryWorkflow(string instance, CancellationToken cancellation);

/// <param name="Faulted">Those that faulted last.</param>
public sealed record WorkflowOverview(IReadOnlyList<WorkflowGlance> Definitions, IReadOnlyList<FaultedWorkflow> Faulted);

/// <param name="Version">The published one.</param>
/// <param name="Running">At work now.</param>
/// <param name="Suspended">Waiting for something.</param>
/// <param name="Faulted">Ended by an error, and kept.</param>
public sealed record WorkflowGlance(string DefinitionId, string Name, string? Description, int Version, long Running, long Suspended, long Faulted);

/// <param name="ActivityId">Of the step that failed last.</param>
/// <param name="TaskId">The task or goal that it worked on; null: none.</param>
/// <param name="TaskState">What that is now.</param>
public sealed record FaultedWorkflow(string Id, string DefinitionId, string? Name, DateTimeOffset At, string Error, string? ActivityId = null, Guid? TaskId = null, string? TaskTitle = null, bool IsGoal = false, Tasks.TaskState? TaskState = null)
{
    /// <summary>It went on by another instance, or was given up: to retry this one would do nothing.</summary>
    public bool IsOver => TaskState is { } state && state != Tasks.TaskState.Blocked;
}
