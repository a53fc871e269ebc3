using Elsa.Common;
using Elsa.Expressions.Models;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;

namespace Elsa.Workflows;

/// <summary>One execution of an activity.</summary>
public partial class ActivityExecutionContext : IExecutionContext, IDisposable
{
    private readonly ISystemClock _clock;
    private ChangeTrackingDictionary<string, object>? _properties;
    private ChangeTrackingDictionary<string, object>? _metadata;
    private ChangeTrackingDictionary<string, object>? _activityState;
    private ChangeTrackingDictionary<string, object>? _journalData;
    private IDictionary<object, object>? _transientProperties;
    private ICollection<Variable>? _dynamicVariables;
    private HashSet<ActivityExecutionContext>? _children;
    private ActivityStatus _status = ActivityStatus.Pending;
    private Exception? _exception;

    public ActivityExecutionContext(string id, WorkflowExecutionContext workflowExecutionContext, ActivityExecutionContext? parentActivityExecutionContext, IActivity activity,
        ActivityDescriptor activityDescriptor, DateTimeOffset startedAt, object? tag, ISystemClock systemClock, CancellationToken cancellationToken)
    {
        _clock = systemClock;
        Id = id;
        WorkflowExecutionContext = workflowExecutionContext;
        ParentActivityExecutionContext = parentActivityExecutionContext;
        Activity = activity;
        ActivityDescriptor = activityDescriptor;
        StartedAt = startedAt;
        Tag = tag;
        CancellationToken = cancellationToken;
        ActivityNode = workflowExecutionContext.FindNodeByActivity(activity) ?? new ActivityNode(activity, "");
        ExpressionExecutionContext = new(workflowExecutionContext.ServiceProvider, new MemoryRegister(),
            parentActivityExecutionContext?.ExpressionExecutionContext ?? workflowExecutionContext.ExpressionExecutionContext, null, Taint, cancellationToken)
        {
            Activity = this,
            Workflow = workflowExecutionContext
        };
        parentActivityExecutionContext?.AddChild(this);
    }

    public string Id { get; set; }
    public DateTimeOffset StartedAt { get; set; }
    public object? Tag { get; set; }
    public DateTimeOffset? CompletedAt { get; set; }
    public bool IsCompleted => _status is ActivityStatus.Completed or ActivityStatus.Canceled;
    public bool IsExecuting { get; set; }

    /// <summary>Faults of this activity and of those inside it.</summary>
    public int AggregateFaultCount { get; set; }

    public WorkflowExecutionContext WorkflowExecutionContext { get; }

    /// <summary>The container in which this activity runs.</summary>
    public ActivityExecutionContext? ParentActivityExecutionContext { get; internal set; }

    /// <summary>The execution that led to this one: the activity before it, or the container.</summary>
    public string? SchedulingActivityExecutionId { get; set; }

    public string? SchedulingActivityId { get; set; }
    public string? SchedulingWorkflowInstanceId { get; set; }
    public int CallStackDepth { get; set; }
    public ExpressionExecutionContext ExpressionExecutionContext { get; }
    public IActivity Activity { get; set; }
    public ActivityDescriptor ActivityDescriptor { get; }
    public CancellationToken CancellationToken { get; }
    public ActivityStatus Status => _status;
    public ActivityNode ActivityNode { get; }
    public string NodeId => ActivityNode.NodeId;
    public long ExecutionCount { get; internal set; }

    public Exception? Exception
    {
        get => _exception;
        set
        {
            _exception = value;
            Taint();
        }
    }

    /// <summary>State of the activity that lives as long as its execution, over suspensions.</summary>
    public IDictionary<string, object> Properties => _properties ??= new(Taint);

    /// <summary>What is recorded about the execution.</summary>
    public IDictionary<string, object> Metadata => _metadata ??= new(Taint);

    /// <summary>Evaluated inputs, by name.</summary>
    public IDictionary<string, object> ActivityState => _activityState ??= new(Taint);

    /// <summary>Goes into the journal with the next entries, and into the record.</summary>
    public IDictionary<string, object> JournalData => _journalData ??= new(Taint);

    public IDictionary<object, object> TransientProperties
    {
        get => _transientProperties ??= new Dictionary<object, object>();
        set => _transientProperties = value;
    }

    public ISet<ActivityExecutionContext> Children => _children ??= [];
    public IDictionary<string, object> WorkflowInput => WorkflowExecutionContext.Input;
    public IDictionary<string, object> ActivityInput { get; internal set; } = ActivityWorkItem.EmptyInput;

    public ICollection<Variable> DynamicVariables
    {
        get => _dynamicVariables ??= [];
        set => _dynamicVariables = value;
    }

    public IEnumerable<Variable> Variables => (Activity as IVariableContainer)?.Variables is { } declared
        ? _dynamicVariables is { Count: > 0 } ? declared.Concat(_dynamicVariables) : declared
        : _dynamicVariables ?? [];

    public IEnumerable<Bookmark> Bookmarks => WorkflowExecutionContext.BookmarkList.Of(this);
    public IEnumerable<Bookmark> NewBookmarks => WorkflowExecutionContext.BookmarkList.NewOf(this);

    /// <summary>Changed since the last commit.</summary>
    public bool IsDirty { get; private set; }

    internal bool HasBookmarks => WorkflowExecutionContext.BookmarkList.Any(this);
    internal bool HasProperties => _properties is { Count: > 0 };
    internal bool HasMetadata => _metadata is { Count: > 0 };
    internal bool HasActivityState => _activityState is { Count: > 0 };
    internal bool HasJournalData => _journalData is { Count: > 0 };
    internal bool HasDynamicVariables => _dynamicVariables is { Count: > 0 };
    internal bool HasChildren => _children is { Count: > 0 };

    // Outputs set by this execution, for its record.
    internal Dictionary<string, object?>? RecordedOutputs;

    // Callbacks of this container, by child.
    internal List<ActivityCompletionCallbackEntry>? CompletionCallbacks;

    internal bool HasEvaluatedInputs;

    public void Taint()
    {
        if (IsDirty) return;
        IsDirty = true;
        WorkflowExecutionContext.Tainted(this);
    }

    public void ClearTaint() => IsDirty = false;

    public void TransitionTo(ActivityStatus status)
    {
        _status = status;
        Taint();
    }

    internal void AddChild(ActivityExecutionContext child) => Children.Add(child);
    internal void RemoveChild(ActivityExecutionContext child) => _children?.Remove(child);

    internal DateTimeOffset Now => _clock.UtcNow;

    public IDisposable EnterExecution()
    {
        IsExecuting = true;
        return new Leave(this);
    }

    private sealed class Leave(ActivityExecutionContext context) : IDisposable
    {
        public void Dispose() => context.IsExecuting = false;
    }

    public T GetRequiredService<T>() where T : notnull => WorkflowExecutionContext.GetRequiredService<T>();
    public object GetRequiredService(Type serviceType) => WorkflowExecutionContext.GetRequiredService(serviceType);
    public T? GetService<T>() => WorkflowExecutionContext.GetService<T>();
    public object? GetService(Type serviceType) => WorkflowExecutionContext.GetService(serviceType);
    public IEnumerable<T> GetServices<T>() where T : notnull => WorkflowExecutionContext.GetServices<T>();
    public T GetOrCreateService<T>() where T : notnull => WorkflowExecutionContext.GetOrCreateService<T>();
    public object GetOrCreateService(Type serviceType) => WorkflowExecutionContext.GetOrCreateService(serviceType);

    public T? GetProperty<T>(string key)
    {
        if (_properties is null || !_properties.TryGetValue(key, out var value)) return default;
        if (value is T typed) return typed;
        var converted = value.As<T>();
        // Read back from a stored state: converted once.
        if (converted is not null && value is System.Text.Json.JsonElement) _properties.SetSilently(key, converted);
        return converted;
    }

    public T GetProperty<T>(string key, Func<T> defaultValue)
    {
        if (_properties is not null && _properties.ContainsKey(key)) return GetProperty<T>(key)!;
        var value = defaultValue();
        SetProperty(key, value);
        return value;
    }

    public void SetProperty<T>(string key, T? value) => Properties[key] = value!;
    public void RemoveProperty(string key) => _properties?.Remove(key);

    public T UpdateProperty<T>(string key, Func<T?, T> updater)
    {
        var value = updater(GetProperty<T>(key));
        SetProperty(key, value);
        return value;
    }

    public T? GetMetadata<T>(string key) => _metadata is not null && _metadata.TryGetValue(key, out var value) ? value.As<T>() : default;

    public T GetMetadata<T>(string key, Func<T> defaultValue)
    {
        if (_metadata is not null && _metadata.ContainsKey(key)) return GetMetadata<T>(key)!;
        var value = defaultValue();
        SetMetadata(key, value);
        return value;
    }

    public void SetMetadata<T>(string key, T? value) => Metadata[key] = value!;
    public void RemoveMetadata(string key) => _metadata?.Remove(key);

    public T UpdateMetadata<T>(string key, Func<T?, T> updater)
    {
        var value = updater(GetMetadata<T>(key));
        SetMetadata(key, value);
        return value;
    }

    public WorkflowExecutionLogEntry AddExecutionLogEntry(string eventName, string? message = null, string? source = null, object? payload = null) =>
        WorkflowExecutionContext.AddLogEntry(this, eventName, message, source, payload);

    void IDisposable.Dispose() => GC.SuppressFinalize(this);
}
