using AgentOS.Engine.Execution;
using Elsa.Common;
using Elsa.Expressions.Models;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Helpers;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Microsoft.Extensions.DependencyInjection;

namespace Elsa.Workflows;

/// <summary>One instance of a workflow while it runs.</summary>
public partial class WorkflowExecutionContext : IExecutionContext
{
    private readonly Dictionary<string, ActivityExecutionContext> _activityContexts = [];
    private Dictionary<object, object>? _transientProperties;
    private string? _correlationId;

    internal WorkflowExecutionContext(EngineServices services, IServiceProvider serviceProvider, WorkflowGraph workflowGraph, string id, CancellationToken cancellationToken)
    {
        Services = services;
        ServiceProvider = serviceProvider;
        WorkflowGraph = workflowGraph;
        Id = id;
        CancellationToken = cancellationToken;
        MemoryRegister = new MemoryRegister();
        ExpressionExecutionContext = new(serviceProvider, MemoryRegister, cancellationToken: cancellationToken) { Workflow = this };
        CreatedAt = UpdatedAt = LastCommitAt = services.Clock.UtcNow;
        Scheduler = new QueueBasedActivityScheduler();
    }

    internal EngineServices Services { get; }

    public IServiceProvider ServiceProvider { get; }
    public IActivityRegistry ActivityRegistry => Services.ActivityRegistry;
    public WorkflowGraph WorkflowGraph { get; private set; }
    public Workflow Workflow => WorkflowGraph.Workflow;
    public ActivityNode Graph => WorkflowGraph.Root;
    public WorkflowStatus Status => SubStatus is WorkflowSubStatus.Finished or WorkflowSubStatus.Cancelled or WorkflowSubStatus.Faulted ? WorkflowStatus.Finished : WorkflowStatus.Running;
    public WorkflowSubStatus SubStatus { get; internal set; } = WorkflowSubStatus.Pending;
    public bool IsExecuting { get; set; }
    public MemoryRegister MemoryRegister { get; }
    public string Id { get; set; }
    public IActivity Activity => Workflow;

    public string? CorrelationId
    {
        get => _correlationId;
        set => _correlationId = IdLength.Checked(value, "The correlation id");
    }

    public string? Name { get; set; }
    public string? ParentWorkflowInstanceId { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }
    public ISystemClock SystemClock => Services.Clock;
    public IReadOnlyCollection<ActivityNode> Nodes => (IReadOnlyCollection<ActivityNode>)WorkflowGraph.Nodes;
    public IDictionary<string, ActivityNode> NodeIdLookup => WorkflowGraph.NodeIdLookup;
    public IDictionary<string, ActivityNode> NodeHashLookup => WorkflowGraph.NodeHashLookup;
    public IDictionary<IActivity, ActivityNode> NodeActivityLookup => WorkflowGraph.NodeActivityLookup;
    public IActivityScheduler Scheduler { get; }
    public IIdentityGenerator IdentityGenerator => Services.IdentityGenerator;
    public ICollection<Bookmark> OriginalBookmarks { get; set; } = [];

    public ICollection<Bookmark> Bookmarks
    {
        get => BookmarkList;
        set
        {
            foreach (var gone in BookmarkList.Except(value).ToList()) BookmarkList.Remove(gone);
            foreach (var added in value.Except(BookmarkList).ToList()) BookmarkList.Add(added);
        }
    }

    /// <summary>What the run added to, and took from, the bookmarks that it found.</summary>
    public Diff<Bookmark> BookmarksDiff => Diff.For(OriginalBookmarks, BookmarkList.ToList());

    public IDictionary<string, object> Input { get; set; } = new Dictionary<string, object>();
    public IDictionary<string, object> Output { get; set; } = new Dictionary<string, object>();
    public IDictionary<string, object> Properties { get; set; } = new Dictionary<string, object>();

    public IDictionary<object, object> TransientProperties
    {
        get => _transientProperties ??= [];
        set => _transientProperties = new(value);
    }

    public ICollection<ActivityIncident> Incidents { get; set; } = [];
    public ExecuteActivityDelegate? ExecuteDelegate { get; set; }
    public ResumedBookmarkContext? ResumedBookmarkContext { get; set; }
    public string? TriggerActivityId { get; set; }
    public CancellationToken CancellationToken { get; }

    public ICollection<ActivityCompletionCallbackEntry> CompletionCallbacks =>
        _activityContexts.Values.Where(x => x.CompletionCallbacks is not null).SelectMany(x => x.CompletionCallbacks!).ToList();

    /// <summary>Executions that have not completed, and that of the workflow itself.</summary>
    public IReadOnlyCollection<ActivityExecutionContext> ActivityExecutionContexts => _activityContexts.Values;

    public long ExecutionLogSequence { get; set; }

    /// <summary>Journal entries since the last commit.</summary>
    public ICollection<WorkflowExecutionLogEntry> ExecutionLog => Log;

    public ExpressionExecutionContext ExpressionExecutionContext { get; }
    public IEnumerable<Variable> Variables => Workflow.Variables;

    internal BookmarkList BookmarkList { get; } = new();
    internal List<WorkflowExecutionLogEntry> Log { get; private set; } = [];
    internal List<ActivityExecutionContext> Dirty { get; private set; } = [];
    internal DateTimeOffset LastCommitAt { get; set; }
    internal IStimulusHasher StimulusHasher => Services.StimulusHasher;
    internal ActivityExecutionContext? RootContext { get; set; }

    // The step being executed, so that a state taken meanwhile still has it as work to do.
    internal ActivityWorkItem? CurrentWorkItem { get; set; }

    public T GetRequiredService<T>() where T : notnull => ServiceProvider.GetRequiredService<T>();
    public object GetRequiredService(Type serviceType) => ServiceProvider.GetRequiredService(serviceType);
    public T? GetService<T>() => ServiceProvider.GetService<T>();
    public object? GetService(Type serviceType) => ServiceProvider.GetService(serviceType);
    public IEnumerable<T> GetServices<T>() where T : notnull => ServiceProvider.GetServices<T>();
    public T GetOrCreateService<T>() where T : notnull => ActivatorUtilities.GetServiceOrCreateInstance<T>(ServiceProvider);
    public object GetOrCreateService(Type serviceType) => ActivatorUtilities.GetServiceOrCreateInstance(ServiceProvider, serviceType);

    public bool HasProperty(string name) => Properties.ContainsKey(name);
    public T? GetProperty<T>(string key) => Properties.TryGetValue(key, out var value) ? value.As<T>() : default;
    public void SetProperty<T>(string key, T value) => Properties[key] = value!;

    public T UpdateProperty<T>(string key, Func<T?, T> updater)
    {
        var value = updater(GetProperty<T>(key));
        SetProperty(key, value);
        return value;
    }

    public ActivityNode? FindNodeById(string nodeId) => WorkflowGraph.FindNodeById(nodeId);
    public ActivityNode? FindNodeByHash(string hash) => WorkflowGraph.FindNodeByHash(hash);
    public ActivityNode? FindNodeByActivity(IActivity activity) => WorkflowGraph.FindNodeByActivity(activity);
    public ActivityNode? FindNodeByActivityId(string activityId) => WorkflowGraph.FindNodeByActivityId(activityId);
    public IActivity? FindActivityByNodeId(string nodeId) => WorkflowGraph.FindActivityByNodeId(nodeId);
    public IActivity? FindActivityById(string activityId) => WorkflowGraph.FindActivityById(activityId);
    public IActivity? FindActivityByHash(string hash) => WorkflowGraph.FindActivityByHash(hash);
    public IActivity? FindActivityByInstanceId(string activityInstanceId) => FindContext(activityInstanceId)?.Activity;
    public IActivity? FindActivity(ActivityHandle handle) => handle.ActivityInstanceId is { } id ? FindActivityByInstanceId(id) : WorkflowGraph.FindActivity(handle);

    public ActivityOutputRegister GetActivityOutputRegister() => _outputRegister ??= new();
    private ActivityOutputRegister? _outputRegister;

    public object? GetLastActivityResult() => LastResult;
    internal object? LastResult { get; set; }

    public IEnumerable<ActivityExecutionContext> GetActiveActivityExecutionContexts() => _activityContexts.Values.Where(x => !x.IsCompleted);

    /// <summary>Writes everything that has changed since the last commit.</summary>
    public Task CommitAsync() => Services.CommitStateHandler.CommitAsync(this, CancellationToken);

    // What was stored was short enough for the index, if not for the rule.
    internal void RestoreCorrelationId(string? stored) => _correlationId ??= stored;

    internal ActivityExecutionContext? FindContext(string? id) => id is null ? null : _activityContexts.GetValueOrDefault(id);
}
