using Elsa.Workflows.State;

namespace Elsa.Workflows.Models;

/// <summary>One line of the journal: what happened to an activity, and when.</summary>
public record WorkflowExecutionLogEntry(
    string ActivityInstanceId,
    string? ParentActivityInstanceId,
    string ActivityId,
    string ActivityType,
    int ActivityTypeVersion,
    string? ActivityName,
    string NodeId,
    IDictionary<string, object>? ActivityState,
    DateTimeOffset Timestamp,
    long Sequence,
    string? EventName,
    string? Message,
    string? Source,
    object? Payload);

public record Journal(ICollection<WorkflowExecutionLogEntry> WorkflowExecutionLogEntries, ICollection<ActivityExecutionContext> ActivityExecutionContexts)
{
    public static Journal Empty { get; } = new([], []);
}

/// <summary>A fault of an activity, as the instance remembers it.</summary>
public class ActivityIncident
{
    public ActivityIncident() { }

    public ActivityIncident(string activityId, string activityNodeId, string activityType, string message, ExceptionState? exception, DateTimeOffset timestamp)
    {
        ActivityId = activityId;
        ActivityNodeId = activityNodeId;
        ActivityType = activityType;
        Message = message;
        Exception = exception;
        Timestamp = timestamp;
    }

    public string ActivityId { get; init; } = null!;
    public string ActivityNodeId { get; init; } = null!;
    public string ActivityType { get; init; } = null!;
    public string Message { get; init; } = null!;
    public ExceptionState? Exception { get; init; }
    public DateTimeOffset Timestamp { get; init; }
}
