using Elsa.Extensions;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Elsa.Workflows.Options;

namespace Elsa.Workflows;

public partial class ActivityExecutionContext
{
    public ValueTask ScheduleActivityAsync(IActivity? activity, ActivityCompletionCallback? completionCallback, object? tag = null, IEnumerable<Variable>? variables = null) =>
        ScheduleActivityAsync(activity, new ScheduleWorkOptions { CompletionCallback = completionCallback, Tag = tag, Variables = variables?.ToList() });

    public ValueTask ScheduleActivityAsync(IActivity? activity, ScheduleWorkOptions? options = null) => ScheduleActivityAsync(activity, this, options);

    public async ValueTask ScheduleActivityAsync(IActivity? activity, ActivityExecutionContext owner, ScheduleWorkOptions? options = null)
    {
        // A port with nothing in it completes at once.
        if (activity is null)
        {
            if (options?.CompletionCallback is { } callback) await callback(new ActivityCompletedContext(this, this));
            return;
        }

        var node = WorkflowExecutionContext.FindNodeByActivity(activity)
                   ?? throw new InvalidOperationException($"Activity '{activity.Id}' of type '{activity.Type}' is not part of workflow '{WorkflowExecutionContext.Workflow.Identity.DefinitionId}'.");
        WorkflowExecutionContext.Schedule(node, owner, options);
    }

    public async Task ScheduleActivityAsync(ActivityNode? activityNode, ActivityExecutionContext? owner = null, ScheduleWorkOptions? options = null)
    {
        if (activityNode is null) await ScheduleActivityAsync((IActivity?)null, owner ?? this, options);
        else WorkflowExecutionContext.Schedule(activityNode, owner ?? this, options);
    }

    public ValueTask ScheduleActivities(IEnumerable<IActivity?> activities, ActivityCompletionCallback? completionCallback, object? tag = null, IEnumerable<Variable>? variables = null) =>
        ScheduleActivities(activities, new ScheduleWorkOptions { CompletionCallback = completionCallback, Tag = tag, Variables = variables?.ToList() });

    public async ValueTask ScheduleActivities(IEnumerable<IActivity?> activities, ScheduleWorkOptions? options = null)
    {
        foreach (var activity in activities) await ScheduleActivityAsync(activity, options);
    }

    public ValueTask ScheduleActivitiesAsync(params IActivity?[] activities) => ScheduleActivities(activities);

    /// <summary>Ends this execution: what still runs inside it is cancelled, and its container is told.</summary>
    public async ValueTask CompleteActivityAsync(object? result = null)
    {
        if (_status != ActivityStatus.Running || IsEnding) return;
        if (result is Activities.Flowchart.Models.Outcomes outcomes) JournalData["Outcomes"] = outcomes.Names;
        await CancelChildrenAsync();
        CompletedAt = Now;
        TransitionTo(ActivityStatus.Completed);
        ClearBookmarks();
        ClearCompletionCallbacks();
        WorkflowExecutionContext.Unschedule(this);
        AddExecutionLogEntry("Completed", payload: _journalData is { Count: > 0 } ? new Dictionary<string, object>(_journalData) : null);
        await WorkflowExecutionContext.NotifyCompletedAsync(this, result);
        WorkflowExecutionContext.Forget(this);
    }

    public ValueTask CompleteActivityWithOutcomesAsync(params string[] outcomes) => CompleteActivityAsync(new Activities.Flowchart.Models.Outcomes(outcomes));

    /// <summary>Completes the composite around this activity.</summary>
    public ValueTask CompleteCompositeAsync(params string[] outcomes) =>
        this.SendSignalAsync(new Signals.CompleteCompositeSignal(new Activities.Flowchart.Models.Outcomes(outcomes)));

    internal async ValueTask CancelChildrenAsync()
    {
        if (_children is not { Count: > 0 }) return;
        foreach (var child in _children.ToArray())
            if (child.Status is ActivityStatus.Running or ActivityStatus.Pending) await child.CancelAsync();
    }

    /// <summary>Gives this execution up, and before it what runs inside it.</summary>
    internal async ValueTask CancelAsync()
    {
        if (IsCompleted || IsEnding) return;
        IsEnding = true;
        await CancelChildrenAsync();
        await CancelSelfAsync();
    }

    internal async ValueTask CancelSelfAsync()
    {
        if (IsCompleted) return;
        ClearBookmarks();
        ClearCompletionCallbacks();
        WorkflowExecutionContext.Unschedule(this);
        CompletedAt = Now;
        TransitionTo(ActivityStatus.Canceled);
        AddExecutionLogEntry("Canceled", payload: _journalData is { Count: > 0 } ? new Dictionary<string, object>(_journalData) : null);
        await this.SendSignalAsync(new Signals.CancelSignal());
        WorkflowExecutionContext.Forget(this);
    }

    internal bool HasStarted;

    // From when it is given up: what is given up inside it must not complete it.
    internal bool IsEnding;

    public void ClearCompletionCallbacks() => CompletionCallbacks?.Clear();
}
