namespace AgentOS.Engine.Runtime.Live;

/// <summary>How often an activity ran, and how that went.</summary>
public sealed record LiveStats(string ActivityId, string ActivityNodeId, int StartedCount, int CompletedCount, int UncompletedCount, bool IsBlocked, bool IsFaulted, int AggregateFaultCount)
{
    private static readonly Dictionary<string, object> None = new() { ["_type"] = "ObjectMap" };
    private static readonly Dictionary<string, object> Retried = new(None) { ["HasRetryAttempts"] = true };

    [System.Text.Json.Serialization.JsonIgnore]
    public bool HasRetries { get; init; }

    public IReadOnlyDictionary<string, object> Metadata => HasRetries ? Retried : None;
}

public sealed record ActivityExecutionLogUpdated(IReadOnlyCollection<LiveStats> Stats);

public sealed record WorkflowExecutionLogUpdated;

public sealed record WorkflowInstanceUpdated(string WorkflowInstanceId);

/// <remarks>Public because SignalR implements it.</remarks>
/// <summary>What the browser of someone who watches an instance is told. It reads the instance again on each.</summary>
public interface IInstanceViewer
{
    Task ActivityExecutionLogUpdatedAsync(ActivityExecutionLogUpdated message);
    Task WorkflowExecutionLogUpdatedAsync(WorkflowExecutionLogUpdated message);
    Task WorkflowInstanceUpdatedAsync(WorkflowInstanceUpdated message);
}
