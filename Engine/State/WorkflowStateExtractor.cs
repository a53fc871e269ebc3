using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using Elsa.Workflows.State;

namespace AgentOS.Engine.State;

/// <summary>What has to be kept of a run so that it can go on later, elsewhere; and back.</summary>
internal sealed class WorkflowStateExtractor : IWorkflowStateExtractor
{
    public WorkflowState Extract(WorkflowExecutionContext workflow)
    {
        var identity = workflow.Workflow.Identity;
        return new WorkflowState
        {
            Id = workflow.Id,
            DefinitionId = identity.DefinitionId,
            DefinitionVersionId = identity.Id,
            DefinitionVersion = identity.Version,
            ParentWorkflowInstanceId = workflow.ParentWorkflowInstanceId,
            CorrelationId = workflow.CorrelationId,
            Name = workflow.Name,
            Status = workflow.Status,
            SubStatus = workflow.SubStatus,
            IsExecuting = workflow.IsExecuting,
            IsSystem = workflow.Workflow.IsSystem,
            Bookmarks = [.. workflow.BookmarkList],
            Incidents = workflow.Incidents,
            CompletionCallbacks = Callbacks(workflow),
            ActivityExecutionContexts = [.. workflow.ActivityExecutionContexts.Where(x => !x.IsCompleted || x == workflow.RootContext).Select(x => Extract(workflow, x))],
            ScheduledActivities = workflow.IsExecuting ? Scheduled(workflow) : [],
            ExecutionLogSequence = workflow.ExecutionLogSequence,
            Input = StoredInput(workflow),
            Output = workflow.Output,
            Properties = workflow.Properties,
            CreatedAt = workflow.CreatedAt,
            UpdatedAt = workflow.UpdatedAt,
            FinishedAt = workflow.FinishedAt
        };
    }

    // Between bursts an input is kept only when its definition names a storage for it.
    private static IDictionary<string, object> StoredInput(WorkflowExecutionContext workflow)
    {
        if (workflow.Input.Count == 0 || workflow.IsExecuting) return workflow.Input;
        var kept = new Dictionary<string, object>();
        foreach (var definition in workflow.Workflow.Inputs)
            if (definition.StorageDriverType == typeof(WorkflowInstanceStorageDriver) && workflow.Input.TryGetValue(definition.Name, out var value)) kept[definition.Name] = value;
        return kept;
    }

    private static List<CompletionCallbackState> Callbacks(WorkflowExecutionContext workflow)
    {
        var result = new List<CompletionCallbackState>();
        foreach (var context in workflow.ActivityExecutionContexts)
            if (context.CompletionCallbacks is { Count: > 0 } callbacks)
                foreach (var entry in callbacks)
                    result.Add(new(entry.Owner.Id, entry.Child.NodeId, entry.CompletionCallback?.Method.Name, entry.Tag));
        return result;
    }

    private static List<ActivityWorkItemState> Scheduled(WorkflowExecutionContext workflow)
    {
        var result = new List<ActivityWorkItemState>();
        // A resumption is not repeated from here: its bookmark is still there until it has run.
        if (workflow.CurrentWorkItem is { ResumedBookmark: null, ExistingActivityExecutionContext: not { IsExecuting: false } } current) result.Add(Extract(workflow, current));
        foreach (var item in workflow.Scheduler.List()) result.Add(Extract(workflow, item));
        return result;
    }

    private static ActivityWorkItemState Extract(WorkflowExecutionContext workflow, ActivityWorkItem item) => new()
    {
        ActivityNodeId = workflow.FindNodeByActivity(item.Activity)!.NodeId,
        OwnerContextId = item.Owner?.Id,
        Tag = item.Tag,
        Variables = item.Variables?.ToList(),
        ExistingActivityExecutionContextId = item.ExistingActivityExecutionContext?.Id,
        Input = item.Input.Count > 0 ? item.Input : null,
        SchedulingActivityExecutionId = item.SchedulingActivityExecutionId,
        SchedulingCallStackDepth = item.SchedulingCallStackDepth
    };

    private static ActivityExecutionContextState Extract(WorkflowExecutionContext workflow, ActivityExecutionContext context)
    {
        var state = new ActivityExecutionContextState
        {
            Id = context.Id,
            CallStackDepth = context.CallStackDepth,
            ParentContextId = context.ParentActivityExecutionContext?.Id,
            ScheduledActivityNodeId = context.NodeId,
            OwnerActivityNodeId = context.ParentActivityExecutionContext?.NodeId,
            Status = context.Status,
            IsExecuting = context.IsExecuting,
            FaultCount = context.AggregateFaultCount,
            StartedAt = context.StartedAt,
            CompletedAt = context.CompletedAt,
            Tag = context.Tag
        };
        Variables.Store(context, state);
        if (context.HasProperties)
            foreach (var pair in context.Properties) state.Properties.TryAdd(pair.Key, pair.Value);
        if (context.HasMetadata) state.Metadata = context.Metadata;
        if (context.HasActivityState) state.ActivityState = context.ActivityState;
        return state;
    }

    public Task<WorkflowExecutionContext> ApplyAsync(WorkflowExecutionContext workflow, WorkflowState state)
    {
        workflow.Id = state.Id;
        workflow.RestoreCorrelationId(state.CorrelationId);
        workflow.Name = state.Name;
        workflow.ParentWorkflowInstanceId ??= state.ParentWorkflowInstanceId;
        workflow.SubStatus = state.SubStatus;
        workflow.BookmarkList.Restore(state.Bookmarks);
        workflow.OriginalBookmarks = [.. state.Bookmarks];
        workflow.Incidents = [.. state.Incidents];
        workflow.ExecutionLogSequence = state.ExecutionLogSequence;
        foreach (var pair in state.Input) workflow.Input.TryAdd(pair.Key, pair.Value);
        workflow.Output = new Dictionary<string, object>(state.Output);
        foreach (var pair in state.Properties) workflow.Properties.TryAdd(pair.Key, pair.Value);
        workflow.CreatedAt = state.CreatedAt;
        workflow.UpdatedAt = state.UpdatedAt;
        workflow.FinishedAt = state.FinishedAt;
        Restore(workflow, state);
        return Task.FromResult(workflow);
    }

    private static void Restore(WorkflowExecutionContext workflow, WorkflowState state)
    {
        var states = state.ActivityExecutionContexts.ToDictionary(x => x.Id);
        var restored = new Dictionary<string, ActivityExecutionContext>();
        foreach (var context in states.Values) Restore(workflow, context, states, restored);

        foreach (var callback in state.CompletionCallbacks)
        {
            if (!restored.TryGetValue(callback.OwnerInstanceId, out var owner) || workflow.FindNodeById(callback.ChildNodeId) is not { } child) continue;
            var method = callback.MethodName is { Length: > 0 } name ? owner.Activity.GetActivityCompletionCallback(name) : null;
            workflow.AddCompletionCallback(owner, child, method, callback.Tag);
        }

        foreach (var item in state.ScheduledActivities)
        {
            if (workflow.FindNodeById(item.ActivityNodeId) is not { } node) continue;
            var owner = item.OwnerContextId is { } ownerId ? restored.GetValueOrDefault(ownerId) : null;
            var existing = item.ExistingActivityExecutionContextId is { } existingId ? restored.GetValueOrDefault(existingId) : null;
            workflow.Scheduler.Schedule(new ActivityWorkItem(node.Activity, owner, item.Tag, item.Variables, existing, item.Input, item.SchedulingActivityExecutionId, null, item.SchedulingCallStackDepth));
        }
    }

    private static ActivityExecutionContext? Restore(WorkflowExecutionContext workflow, ActivityExecutionContextState state, Dictionary<string, ActivityExecutionContextState> states,
        Dictionary<string, ActivityExecutionContext> restored)
    {
        if (restored.TryGetValue(state.Id, out var known)) return known;
        // An activity that a later version of the workflow no longer has.
        if (workflow.FindNodeById(state.ScheduledActivityNodeId) is not { } node) return null;
        var parent = state.ParentContextId is { } parentId && states.TryGetValue(parentId, out var parentState) ? Restore(workflow, parentState, states, restored) : null;
        var context = new ActivityExecutionContext(state.Id, workflow, parent, node.Activity, node.Descriptor, state.StartedAt, state.Tag, workflow.SystemClock, workflow.CancellationToken)
        {
            CallStackDepth = state.CallStackDepth,
            AggregateFaultCount = state.FaultCount,
            CompletedAt = state.CompletedAt,
            HasStarted = state.Status != ActivityStatus.Pending
        };
        context.RestoreFrom(state);
        Variables.Load(context, state);
        workflow.AddActivityExecutionContext(context);
        return restored[state.Id] = context;
    }
}
