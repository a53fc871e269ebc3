using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;

namespace Elsa.Workflows.State;

/// <summary>All that is needed to go on with an instance.</summary>
public class WorkflowState
{
    public string Id { get; set; } = null!;
    public string DefinitionId { get; set; } = null!;
    public string DefinitionVersionId { get; set; } = null!;
    public int DefinitionVersion { get; set; }
    public string? ParentWorkflowInstanceId { get; set; }
    public string? CorrelationId { get; set; }
    public string? Name { get; set; }
    public WorkflowStatus Status { get; set; }
    public WorkflowSubStatus SubStatus { get; set; }

    /// <summary>Taken in the middle of a burst: <see cref="ScheduledActivities"/> is what was still to run.</summary>
    public bool IsExecuting { get; set; }

    public ICollection<Bookmark> Bookmarks { get; set; } = [];
    public ICollection<ActivityIncident> Incidents { get; set; } = [];
    public bool IsSystem { get; set; }
    public ICollection<CompletionCallbackState> CompletionCallbacks { get; set; } = [];
    public ICollection<ActivityExecutionContextState> ActivityExecutionContexts { get; set; } = [];
    public ICollection<ActivityWorkItemState> ScheduledActivities { get; set; } = [];
    public long ExecutionLogSequence { get; set; }
    public IDictionary<string, object> Input { get; set; } = new Dictionary<string, object>();
    public IDictionary<string, object> Output { get; set; } = new Dictionary<string, object>();
    public IDictionary<string, object> Properties { get; set; } = new Dictionary<string, object>();
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }
}

public class ActivityExecutionContextState
{
    public string Id { get; set; } = null!;
    public int CallStackDepth { get; set; }
    public string? ParentContextId { get; set; }
    public string ScheduledActivityNodeId { get; set; } = null!;
    public string? OwnerActivityNodeId { get; set; }
    public IDictionary<string, object> Properties { get; set; } = new Dictionary<string, object>();
    public IDictionary<string, object>? Metadata { get; set; } = new Dictionary<string, object>();
    public IDictionary<string, object>? ActivityState { get; set; } = new Dictionary<string, object>();
    public ICollection<Variable> DynamicVariables { get; set; } = [];
    public ActivityStatus Status { get; set; }
    public bool IsExecuting { get; set; }
    public int FaultCount { get; set; }
    public DateTimeOffset StartedAt { get; set; }
    public DateTimeOffset? CompletedAt { get; set; }
    public object? Tag { get; set; }
}

public class ActivityWorkItemState
{
    public string ActivityNodeId { get; set; } = null!;
    public string? OwnerContextId { get; set; }
    public object? Tag { get; set; }
    public ICollection<Variable>? Variables { get; set; }
    public string? ExistingActivityExecutionContextId { get; set; }
    public IDictionary<string, object>? Input { get; set; }

    // Elsa loses these over a suspension; without them the call stack of what ran next would break off.
    internal string? SchedulingActivityExecutionId { get; set; }
    internal int? SchedulingCallStackDepth { get; set; }
}

/// <summary>Which method of a container to call when a child completes.</summary>
public class CompletionCallbackState
{
    public CompletionCallbackState() { }

    public CompletionCallbackState(string ownerInstanceId, string childNodeId, string? methodName, object? tag = null)
    {
        OwnerInstanceId = ownerInstanceId;
        ChildNodeId = childNodeId;
        MethodName = methodName;
        Tag = tag;
    }

    public string OwnerInstanceId { get; init; } = null!;
    public string ChildNodeId { get; init; } = null!;
    public string? MethodName { get; init; }
    public object? Tag { get; init; }
}

public record ExceptionState(Type Type, string Message, string? StackTrace, ExceptionState? InnerException)
{
    public ExceptionState() : this(typeof(Exception), "", null, null) { }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    // A type that this process does not know is kept by its name.
    internal string? TypeName { get; init; }

    public static ExceptionState? FromException(Exception? ex) =>
        ex is null ? null : new ExceptionState(ex is AgentOS.Engine.Execution.ActivityException ? typeof(Exception) : ex.GetType(), ex.Message, ex.StackTrace, FromException(ex.InnerException));
}
