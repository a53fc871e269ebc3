using AgentOS.Engine.Execution;
using Elsa.Workflows.Models;

namespace Elsa.Workflows;

public partial class WorkflowExecutionContext
{
    internal void Tainted(ActivityExecutionContext context) => Dirty.Add(context);

    public WorkflowExecutionLogEntry AddExecutionLogEntry(string eventName, string? message = null, object? payload = null)
    {
        var entry = new WorkflowExecutionLogEntry(RootContext?.Id ?? Id, null, Workflow.Id, Workflow.Type, Workflow.Version, Workflow.Name, Graph.NodeId, null, SystemClock.UtcNow,
            ExecutionLogSequence++, eventName, message, null, payload);
        Log.Add(entry);
        return entry;
    }

    internal WorkflowExecutionLogEntry AddLogEntry(ActivityExecutionContext context, string eventName, string? message, string? source, object? payload)
    {
        var activity = context.Activity;
        var entry = new WorkflowExecutionLogEntry(context.Id, context.ParentActivityExecutionContext?.Id, activity.Id, activity.Type, activity.Version, activity.Name, context.NodeId, null,
            SystemClock.UtcNow, ExecutionLogSequence++, eventName, message, source, payload);
        Log.Add(entry);
        return entry;
    }

    /// <summary>Hands over what has changed since the last call. What is handed over has to be written, or the run given up.</summary>
    internal CommitDelta TakeDelta()
    {
        var delta = new CommitDelta(Log, Dirty, [.. BookmarkList.Added], [.. BookmarkList.Removed]);
        Log = [];
        Dirty = [];
        foreach (var context in delta.Activities) context.ClearTaint();
        BookmarkList.ClearChanges();
        OriginalBookmarks = BookmarkList.ToList();
        LastCommitAt = SystemClock.UtcNow;
        return delta;
    }
}
