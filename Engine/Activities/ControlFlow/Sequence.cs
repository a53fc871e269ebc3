using System.Runtime.CompilerServices;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Signals;

namespace Elsa.Workflows.Activities;

/// <summary>Runs activities one after the other.</summary>
[System.ComponentModel.Browsable(false)]
[Activity("Elsa", "Workflows", "Runs activities one after the other.")]
public class Sequence : Container
{
    private const string CurrentIndex = "CurrentIndex";

    public Sequence([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) =>
        // Not stopped here: the loop around it has to hear it too.
        OnSignalReceived<BreakSignal>((_, context) => context.ReceiverActivityExecutionContext.SetIsBreaking());

    protected override ValueTask ScheduleChildrenAsync(ActivityExecutionContext context) => NextAsync(context);

    private async ValueTask NextAsync(ActivityExecutionContext context)
    {
        var index = context.GetProperty<int>(CurrentIndex);
        if (index >= Activities.Count)
        {
            await context.CompleteActivityAsync();
            return;
        }

        var next = Activities is IList<IActivity> list ? list[index] : Activities.ElementAt(index);
        context.SetProperty(CurrentIndex, index + 1);
        await context.ScheduleActivityAsync(next, OnChildCompleted);
    }

    private ValueTask OnChildCompleted(ActivityCompletedContext context) =>
        context.TargetContext.GetIsBreaking() || context.ChildContext.Activity is ITerminalNode
            ? context.TargetContext.CompleteActivityAsync()
            : NextAsync(context.TargetContext);
}

/// <summary>Runs activities at the same time.</summary>
[System.ComponentModel.Browsable(false)]
[Activity("Elsa", "Workflows", "Runs activities at the same time.")]
public class Parallel : Container
{
    private const string Completed = "CompletedChildren";

    public Parallel([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
    public Parallel(params IActivity[] activities) : this() => Activities = activities;

    protected override async ValueTask ScheduleChildrenAsync(ActivityExecutionContext context)
    {
        if (Activities.Count == 0)
        {
            await context.CompleteActivityAsync();
            return;
        }

        foreach (var activity in Activities) await context.ScheduleActivityAsync(activity, OnChildCompleted);
    }

    private async ValueTask OnChildCompleted(ActivityCompletedContext context)
    {
        var completed = context.TargetContext.UpdateProperty<int>(Completed, count => count + 1);
        if (completed >= Activities.Count) await context.TargetContext.CompleteActivityAsync();
    }
}
