using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Activities;
using Elsa.Workflows.CommitStates;
using Elsa.Workflows.Models;
using Microsoft.Extensions.Logging;

namespace AgentOS.Engine.Execution;

/// <summary>The loop: take a step, run it, write what it changed; until no step is left.</summary>
internal sealed class Interpreter(EngineServices services)
{
    public async Task RunAsync(WorkflowExecutionContext workflow)
    {
        workflow.IsExecuting = true;
        if (workflow.Status == WorkflowStatus.Running) workflow.TransitionTo(WorkflowSubStatus.Executing);
        await CommitIfAsync(workflow, WorkflowLifetimeEvent.WorkflowExecuting);

        while (workflow.Scheduler.HasAny)
        {
            workflow.CancellationToken.ThrowIfCancellationRequested();
            var item = workflow.Scheduler.Take();
            workflow.CurrentWorkItem = item;
            await ExecuteAsync(workflow, item);
            workflow.CurrentWorkItem = null;
        }

        workflow.IsExecuting = false;
        if (workflow.Status == WorkflowStatus.Running) workflow.TransitionTo(AllCompleted(workflow) ? WorkflowSubStatus.Finished : WorkflowSubStatus.Suspended);
        await CommitIfAsync(workflow, WorkflowLifetimeEvent.WorkflowExecuted);
    }

    private static bool AllCompleted(WorkflowExecutionContext workflow)
    {
        foreach (var context in workflow.ActivityExecutionContexts)
            if (!context.IsCompleted) return false;
        return true;
    }

    private async ValueTask ExecuteAsync(WorkflowExecutionContext workflow, ActivityWorkItem item)
    {
        var context = item.ExistingActivityExecutionContext ?? Begin(workflow, item);
        // So that a state taken from now on goes on with this execution instead of beginning another.
        item.ExistingActivityExecutionContext = context;
        if (context.IsCompleted) return;
        if (item.Input.Count > 0 && item.ExecuteDelegate is null) context.ActivityInput = item.Input;

        workflow.ExecuteDelegate = item.ExecuteDelegate;
        workflow.ResumedBookmarkContext = item.ResumedBookmark;
        try
        {
            await InvokeAsync(workflow, context, item);
        }
        catch (OperationCanceledException) when (workflow.CancellationToken.IsCancellationRequested)
        {
            // The node stops or has lost the instance: no fault of the activity.
            throw;
        }
        catch (CommitFailedException)
        {
            throw;
        }
        catch (Exception e)
        {
            Fault(workflow, context, e);
        }
        finally
        {
            workflow.ExecuteDelegate = null;
            workflow.ResumedBookmarkContext = null;
            context.IsExecuting = false;
        }

        await CommitIfAsync(workflow, context);
    }

    private static ActivityExecutionContext Begin(WorkflowExecutionContext workflow, ActivityWorkItem item)
    {
        var node = workflow.FindNodeByActivity(item.Activity)!;
        var context = workflow.CreateContext(node, item.Owner, item.Tag, item.Variables, item.Input, item.SchedulingActivityExecutionId, item.SchedulingActivityId, item.SchedulingWorkflowInstanceId,
            item.SchedulingCallStackDepth);
        if (item.Owner is null && workflow.InitialVariables is { } values)
            foreach (var value in values) context.ExpressionExecutionContext.SetVariable(value.Name, value.Value);
        return context;
    }

    private async ValueTask InvokeAsync(WorkflowExecutionContext workflow, ActivityExecutionContext context, ActivityWorkItem item)
    {
        context.IsExecuting = true;
        context.HasStarted = true;
        context.AddExecutionLogEntry(item.ResumedBookmark is null && !workflow.BookmarkList.AnyAt(context.NodeId) ? "Started" : "Resumed");
        context.Taint();

        await services.InputEvaluator.EvaluateAsync(context);
        if (!await context.Activity.CanExecuteAsync(context))
        {
            context.TransitionTo(ActivityStatus.Pending);
            context.AddExecutionLogEntry("Precondition Failed", "Cannot execute at this time");
            return;
        }

        await CommitIfAsync(workflow, context, ActivityLifetimeEvent.ActivityExecuting);
        if (context.Status != ActivityStatus.Running) context.TransitionTo(ActivityStatus.Running);
        if (item.ExecuteDelegate is { } resume)
        {
            await resume(context);
            // A resumed activity is behaved upon like one that ran.
            if (context.Activity is Activity activity) await activity.AfterExecuteAsync(context);
        }
        else
        {
            await context.Activity.ExecuteAsync(context);
        }

        if (item.ResumedBookmark?.Bookmark is { AutoBurn: true } bookmark) workflow.Bookmarks.Remove(bookmark);
        context.ExecutionCount++;
        if (context.Status == ActivityStatus.Running && context.HasBookmarks)
            context.AddExecutionLogEntry("Suspended", payload: context.HasJournalData ? new Dictionary<string, object>(context.JournalData) : null);
    }

    private void Fault(WorkflowExecutionContext workflow, ActivityExecutionContext context, Exception exception)
    {
        services.Logger.LogDebug(exception, "Activity {Activity} of {Instance} faulted.", context.NodeId, workflow.Id);
        context.Fault(exception);
        context.AddExecutionLogEntry("Faulted", exception.Message, payload: new Dictionary<string, object> { ["Exception"] = exception.GetType().Name, ["Message"] = exception.Message });
        var type = workflow.Workflow.Options.IncidentStrategyType ?? services.DefaultIncidentStrategy;
        var strategy = (IIncidentStrategy)workflow.GetOrCreateService(type);
        strategy.HandleIncident(context);
    }

    private async ValueTask CommitIfAsync(WorkflowExecutionContext workflow, WorkflowLifetimeEvent lifetimeEvent)
    {
        if (Strategy(workflow)?.ShouldCommit(new(workflow, lifetimeEvent)) == CommitAction.Commit) await workflow.CommitAsync();
    }

    private ValueTask CommitIfAsync(WorkflowExecutionContext workflow, ActivityExecutionContext context) => CommitIfAsync(workflow, context, ActivityLifetimeEvent.ActivityExecuted);

    // What the activity says goes before what the workflow says.
    private ValueTask CommitIfAsync(WorkflowExecutionContext workflow, ActivityExecutionContext context, ActivityLifetimeEvent lifetimeEvent)
    {
        // The workflow's own execution is no step: it has only scheduled the first one.
        if (context.Activity is Workflow) return ValueTask.CompletedTask;
        if (context.Activity.GetCommitStrategy() is { Length: > 0 } name && services.CommitStrategies.FindActivityStrategy(name) is { } own)
        {
            var action = own.ShouldCommit(new(context, lifetimeEvent));
            if (action == CommitAction.Commit) return new(workflow.CommitAsync());
            if (action == CommitAction.Skip) return ValueTask.CompletedTask;
        }

        return CommitIfAsync(workflow, lifetimeEvent == ActivityLifetimeEvent.ActivityExecuting ? WorkflowLifetimeEvent.ActivityExecuting : WorkflowLifetimeEvent.ActivityExecuted);
    }

    private IWorkflowCommitStrategy? Strategy(WorkflowExecutionContext workflow) =>
        workflow.Workflow.Options.CommitStrategyName is { Length: > 0 } name ? services.CommitStrategies.FindWorkflowStrategy(name) : null;
}
