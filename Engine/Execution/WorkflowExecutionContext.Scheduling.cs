using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Elsa.Workflows.Options;

namespace Elsa.Workflows;

public partial class WorkflowExecutionContext
{
    // Whose completion is being handled: what is scheduled meanwhile follows from it.
    internal ActivityExecutionContext? CompletingContext;

    internal ActivityWorkItem Schedule(ActivityNode node, ActivityExecutionContext? owner, ScheduleWorkOptions? options)
    {
        if (options?.PreventDuplicateScheduling == true && Scheduler.Find(x => x.Activity == node.Activity && x.Owner == owner) is { } waiting) return waiting;

        // Only within the same container does one activity follow from another.
        var cause = CompletingContext is { } completing && completing.ParentActivityExecutionContext == owner ? completing : owner;
        var item = new ActivityWorkItem(node.Activity, owner, options?.Tag, options?.Variables, options?.ExistingActivityExecutionContext, options?.Input,
            options?.SchedulingActivityExecutionId ?? cause?.Id, options?.SchedulingWorkflowInstanceId, cause?.CallStackDepth)
        {
            SchedulingActivityId = cause?.Activity.Id
        };
        if (owner is not null) AddCompletionCallback(owner, node, options?.CompletionCallback, options?.Tag);
        Scheduler.Schedule(item);
        return item;
    }

    internal void Unschedule(ActivityExecutionContext context)
    {
        if (!Scheduler.Any(x => x.Owner == context || x.ExistingActivityExecutionContext == context)) return;
        var rest = Scheduler.List().Where(x => x.Owner != context && x.ExistingActivityExecutionContext != context).ToList();
        Scheduler.Clear();
        foreach (var item in rest) Scheduler.Schedule(item);
    }

    public void AddCompletionCallback(ActivityExecutionContext owner, ActivityNode child, ActivityCompletionCallback? completionCallback = null, object? tag = null) =>
        (owner.CompletionCallbacks ??= []).Add(new(owner, child, completionCallback, tag));

    public ActivityCompletionCallbackEntry? PopCompletionCallback(ActivityExecutionContext owner, ActivityNode child)
    {
        if (owner.CompletionCallbacks is not { } callbacks) return null;
        for (var i = 0; i < callbacks.Count; i++)
        {
            if (callbacks[i].Child != child) continue;
            var entry = callbacks[i];
            callbacks.RemoveAt(i);
            return entry;
        }

        return null;
    }

    public void RemoveCompletionCallback(ActivityCompletionCallbackEntry entry) => entry.Owner.CompletionCallbacks?.Remove(entry);

    public void RemoveCompletionCallbacks(IEnumerable<ActivityCompletionCallbackEntry> entries)
    {
        foreach (var entry in entries.ToList()) RemoveCompletionCallback(entry);
    }

    public void ClearCompletionCallbacks()
    {
        foreach (var context in _activityContexts.Values) context.ClearCompletionCallbacks();
    }

    public Task<ActivityExecutionContext> CreateActivityExecutionContextAsync(IActivity activity, ActivityInvocationOptions? options = null)
    {
        var node = FindNodeByActivity(activity) ?? throw new InvalidOperationException($"Activity '{activity.Id}' is not part of this workflow.");
        return Task.FromResult(CreateContext(node, options?.Owner, options?.Tag, options?.Variables, options?.Input,
            options?.SchedulingActivityExecutionId, null, options?.SchedulingWorkflowInstanceId, options?.SchedulingCallStackDepth));
    }

    internal ActivityExecutionContext CreateContext(ActivityNode node, ActivityExecutionContext? owner, object? tag, IEnumerable<Variable>? variables, IDictionary<string, object>? input,
        string? schedulingExecutionId, string? schedulingActivityId, string? schedulingInstanceId, int? schedulingDepth)
    {
        var context = new ActivityExecutionContext(IdentityGenerator.GenerateId(), this, owner, node.Activity, node.Descriptor, SystemClock.UtcNow, tag, SystemClock, CancellationToken)
        {
            SchedulingActivityExecutionId = schedulingExecutionId,
            SchedulingActivityId = schedulingActivityId,
            SchedulingWorkflowInstanceId = schedulingInstanceId,
            CallStackDepth = schedulingDepth is { } depth ? depth + 1 : 0
        };
        if (input is { Count: > 0 }) context.ActivityInput = input;
        if (variables is not null)
            foreach (var variable in variables) context.DynamicVariables.Add(variable);
        foreach (var variable in context.Variables) context.ExpressionExecutionContext.Memory.Blocks[variable.Id] = Declare(variable);
        AddActivityExecutionContext(context);
        return context;
    }

    internal static MemoryBlock Declare(Variable variable) => new(variable.ParseValue(variable.Value), new VariableBlockMetadata(variable, variable.StorageDriverType, false));

    public void AddActivityExecutionContext(ActivityExecutionContext context)
    {
        _activityContexts[context.Id] = context;
        RootContext ??= context;
    }

    public void RemoveActivityExecutionContext(ActivityExecutionContext context)
    {
        _activityContexts.Remove(context.Id);
        context.ParentActivityExecutionContext?.RemoveChild(context);
    }

    public void RemoveActivityExecutionContexts(Func<ActivityExecutionContext, bool> predicate)
    {
        foreach (var context in _activityContexts.Values.Where(predicate).ToList()) RemoveActivityExecutionContext(context);
    }

    public void ClearCompletedActivityExecutionContexts() => RemoveActivityExecutionContexts(x => x.IsCompleted && x != RootContext);

    // A completed execution lives on in its record only.
    internal void Forget(ActivityExecutionContext context)
    {
        if (context != RootContext) RemoveActivityExecutionContext(context);
    }

    internal async ValueTask NotifyCompletedAsync(ActivityExecutionContext child, object? result)
    {
        if (child.ParentActivityExecutionContext is not { } parent) return;
        if (PopCompletionCallback(parent, child.ActivityNode) is { CompletionCallback: { } callback } entry)
        {
            if (!parent.HasEvaluatedInputs) await Services.InputEvaluator.EvaluateAsync(parent);
            var previous = CompletingContext;
            CompletingContext = child;
            try
            {
                await callback(new ActivityCompletedContext(parent, child, result) { Tag = entry.Tag });
            }
            finally
            {
                CompletingContext = previous;
            }
        }

        await child.SendSignalAsync(new Signals.ActivityCompleted(result), skipSelf: true);
    }

    /// <summary>Ends the run: what waits is dropped. The executions keep the status that they had, as Elsa's do.</summary>
    public void Cancel()
    {
        Scheduler.Clear();
        BookmarkList.Clear();
        ClearCompletionCallbacks();
        TransitionTo(WorkflowSubStatus.Cancelled);
    }

    internal void TransitionTo(WorkflowSubStatus subStatus)
    {
        SubStatus = subStatus;
        UpdatedAt = SystemClock.UtcNow;
        if (Status != WorkflowStatus.Finished) return;
        FinishedAt = UpdatedAt;
        if (subStatus == WorkflowSubStatus.Finished) ClearPending();
    }

    private void ClearPending()
    {
        Scheduler.Clear();
        BookmarkList.Clear();
        ClearCompletionCallbacks();
    }
}
