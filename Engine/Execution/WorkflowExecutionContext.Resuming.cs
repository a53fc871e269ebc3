using Elsa.Extensions;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Elsa.Workflows.Options;

namespace Elsa.Workflows;

public partial class WorkflowExecutionContext
{
    internal void ScheduleWorkflow(RunWorkflowOptions? options)
    {
        var variables = options?.Variables?.Select(pair => new Variable(pair.Key, pair.Value) { Id = $"variable-{pair.Key}", StorageDriverType = typeof(WorkflowInstanceStorageDriver) }).ToList();
        Scheduler.Schedule(new ActivityWorkItem(Workflow, null, null, null, null, null, options?.SchedulingActivityExecutionId, options?.SchedulingWorkflowInstanceId, options?.SchedulingCallStackDepth));
        InitialVariables = variables;
    }

    // Values given for the variables of the workflow, applied when its root starts.
    internal List<Variable>? InitialVariables { get; private set; }

    internal bool ScheduleBookmark(Bookmark bookmark, IDictionary<string, object>? input)
    {
        if (FindContext(bookmark.ActivityInstanceId) is not { } context) return false;
        var item = new ActivityWorkItem(context.Activity, context.ParentActivityExecutionContext, context.Tag, null, context, input)
        {
            ExecuteDelegate = bookmark.CallbackMethodName is { Length: > 0 } method ? context.Activity.GetResumeActivityDelegate(method)
                : bookmark.AutoComplete ? static resumed => resumed.CompleteActivityAsync()
                : static _ => ValueTask.CompletedTask,
            ResumedBookmark = new ResumedBookmarkContext(bookmark)
        };
        Scheduler.Schedule(item);
        return true;
    }

    /// <summary>Runs an execution again from its start, as after a fault.</summary>
    internal void ScheduleExisting(ActivityExecutionContext context, IDictionary<string, object>? input) =>
        Scheduler.Schedule(new ActivityWorkItem(context.Activity, context.ParentActivityExecutionContext, context.Tag, null, context, input));
}
