using System.ComponentModel;
using System.Runtime.CompilerServices;
using Elsa.Workflows.Activities.Flowchart.Contracts;
using Elsa.Workflows.Activities.Flowchart.Models;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Options;
using Elsa.Workflows.Signals;

namespace Elsa.Workflows.Activities.Flowchart.Activities;

/// <summary>
/// Activities joined by connections. A visit of an activity is passed on along all its connections, followed or not: one that several lead to
/// runs once, when all of them have been passed and at least one was followed.
/// </summary>
[Activity("Elsa", "Flow", "Runs activities along the connections between them.")]
[Browsable(false)]
public class Flowchart : Container
{
    private const string ScopeProperty = "FlowScope";
    private const string BackwardInput = "BackwardConnection";

    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, FlowGraph> _graphs = new();

    public Flowchart([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line)
    {
        OnSignalReceived<ScheduleActivityOutcomes>(OnScheduleOutcomesAsync);
        OnSignalReceived<ScheduleChildActivity>(OnScheduleChildAsync);
        OnSignalReceived<CancelSignal>(OnChildCanceledAsync);
    }

    [Port]
    [Browsable(false)]
    public IActivity? Start { get; set; }

    public ICollection<Connection> Connections { get; set; } = [];

    protected override async ValueTask ScheduleChildrenAsync(ActivityExecutionContext context)
    {
        if (GraphOf(context).Root is not { } start) await context.CompleteActivityAsync();
        else await context.ScheduleActivityAsync(start, OnChildCompletedAsync);
    }

    // One for each trigger among the activities, and one for all other ways to begin. Made once, used by every run.
    private FlowGraph GraphOf(ActivityExecutionContext context)
    {
        var trigger = context.WorkflowExecutionContext.TriggerActivityId;
        var key = trigger is not null && Activities.Any(x => x.Id == trigger) ? trigger : "";
        return _graphs.TryGetValue(key, out var graph) ? graph : _graphs.GetOrAdd(key, new FlowGraph(Connections, this.FindStart(trigger)));
    }

    private static FlowScope ScopeOf(ActivityExecutionContext context) => context.GetProperty(ScopeProperty, () => new FlowScope());

    private async ValueTask OnChildCompletedAsync(ActivityCompletedContext context)
    {
        var flowchart = context.TargetContext;
        var child = context.ChildContext;
        if (child.Status != ActivityStatus.Completed)
        {
            await CompleteIfDoneAsync(flowchart);
            return;
        }

        if (child.Activity is ITerminalNode)
        {
            await flowchart.CompleteActivityAsync();
            return;
        }

        var outcomes = context.Result as Outcomes ?? Outcomes.Default;
        var viaBackward = child.ActivityInput.TryGetValue(BackwardInput, out var flag) && flag is true or System.Text.Json.JsonElement { ValueKind: System.Text.Json.JsonValueKind.True };
        var scheduled = await FollowAsync(flowchart, GraphOf(flowchart), ScopeOf(flowchart), child.Activity, outcomes, viaBackward);
        flowchart.Taint();
        if (!scheduled) await CompleteIfDoneAsync(flowchart);
    }

    private async ValueTask<bool> FollowAsync(ActivityExecutionContext flowchart, FlowGraph graph, FlowScope scope, IActivity activity, Outcomes outcomes, bool viaBackward = false)
    {
        if (graph.IsDanglingActivity(activity))
            throw new InvalidOperationException($"Activity '{activity.Id}' cannot be reached from the start of flowchart '{Id}', so what comes after it cannot be scheduled.");

        if (!viaBackward) scope.RegisterActivityVisit(activity);
        var scheduled = false;
        foreach (var connection in graph.GetOutboundConnections(activity))
        {
            var followed = outcomes.Names.Contains(connection.Source.Port ?? "Done");
            scope.RegisterConnectionVisit(connection, followed);
            scheduled |= graph.IsBackwardConnection(connection, out var valid)
                ? await FollowBackAsync(flowchart, connection, followed, valid)
                : await FollowOnAsync(flowchart, graph, scope, connection, followed);
        }

        return scheduled;
    }

    private async ValueTask<bool> FollowBackAsync(ActivityExecutionContext flowchart, Connection connection, bool followed, bool valid)
    {
        if (!followed) return false;
        if (!valid)
            throw new AgentOS.Engine.Execution.ActivityException(
                $"Invalid backward connection: Every path from the source ('{connection.Source.Activity.Id}') must go through the target ('{connection.Target.Activity.Id}') when tracing back to the start.");
        await flowchart.ScheduleActivityAsync(connection.Target.Activity, new ScheduleWorkOptions
        {
            CompletionCallback = OnChildCompletedAsync,
            Input = new Dictionary<string, object> { [BackwardInput] = true }
        });
        return true;
    }

    private async ValueTask<bool> FollowOnAsync(ActivityExecutionContext flowchart, FlowGraph graph, FlowScope scope, Connection connection, bool followed)
    {
        var target = connection.Target.Activity;
        if (scope.ShouldIgnoreConnection(connection, target)) return false;

        var (any, strict) = await WaitingOf(flowchart, target);
        if (any)
        {
            if (followed || scope.AnyInboundConnectionsFollowed(graph, target)) return await ScheduleAsync(flowchart, target);
        }
        else if (strict)
        {
            if (scope.AllInboundConnectionsVisited(graph, target) && scope.AllInboundConnectionsFollowed(graph, target)) return await ScheduleAsync(flowchart, target);
        }
        else if (scope.AllInboundConnectionsVisited(graph, target) && scope.AnyInboundConnectionsFollowed(graph, target))
        {
            return await ScheduleAsync(flowchart, target);
        }

        // A branch that nobody takes is passed on, so that what waits for it behind does not wait for ever.
        if (scope.AllInboundConnectionsVisited(graph, target) && !scope.AnyInboundConnectionsFollowed(graph, target))
            return await FollowAsync(flowchart, graph, scope, target, Outcomes.Empty);
        return false;
    }

    private static async ValueTask<(bool Any, bool Strict)> WaitingOf(ActivityExecutionContext flowchart, IActivity target)
    {
        if (target is not IJoinNode) return (false, false);
        return await JoinModes.OfAsync(flowchart, target) switch
        {
            FlowJoinMode.WaitAny => (true, false),
            FlowJoinMode.WaitAll => (false, true),
            _ => (false, false)
        };
    }

    private async ValueTask<bool> ScheduleAsync(ActivityExecutionContext flowchart, IActivity target)
    {
        await flowchart.ScheduleActivityAsync(target, OnChildCompletedAsync);
        return true;
    }

    private static async ValueTask CompleteIfDoneAsync(ActivityExecutionContext flowchart)
    {
        if (HasPendingWork(flowchart)) return;
        if (flowchart.Children.Any(x => x.Status == ActivityStatus.Faulted)) return;
        await flowchart.CompleteActivityAsync();
    }

    // The child whose completion is being handled does not count.
    private static bool HasPendingWork(ActivityExecutionContext flowchart) =>
        flowchart.Children.Any(x => x.Status is ActivityStatus.Running or ActivityStatus.Pending) || flowchart.WorkflowExecutionContext.Scheduler.Any(x => x.Owner == flowchart);

    private async ValueTask OnScheduleOutcomesAsync(ScheduleActivityOutcomes signal, SignalContext context)
    {
        var flowchart = context.ReceiverActivityExecutionContext;
        if (!Activities.Contains(context.SenderActivityExecutionContext.Activity)) return;
        context.StopPropagation();
        await FollowAsync(flowchart, GraphOf(flowchart), ScopeOf(flowchart), context.SenderActivityExecutionContext.Activity, new Outcomes(signal.Outcomes));
    }

    private async ValueTask OnScheduleChildAsync(ScheduleChildActivity signal, SignalContext context)
    {
        var flowchart = context.ReceiverActivityExecutionContext;
        if (!Activities.Contains(signal.Activity)) return;
        context.StopPropagation();
        await flowchart.ScheduleActivityAsync(signal.Activity, new ScheduleWorkOptions
        {
            CompletionCallback = OnChildCompletedAsync, Input = signal.Input, ExistingActivityExecutionContext = signal.ActivityExecutionContext
        });
    }

    // What a cancelled activity would have led to is passed over, as behind a branch that nobody takes.
    private async ValueTask OnChildCanceledAsync(CancelSignal signal, SignalContext context)
    {
        var flowchart = context.ReceiverActivityExecutionContext;
        if (context.SenderActivityExecutionContext.ParentActivityExecutionContext != flowchart || flowchart.Status != ActivityStatus.Running || flowchart.IsEnding) return;
        var scheduled = await FollowAsync(flowchart, GraphOf(flowchart), ScopeOf(flowchart), context.SenderActivityExecutionContext.Activity, Outcomes.Empty);
        if (!scheduled) await CompleteIfDoneAsync(flowchart);
    }

    /// <summary>Gives up the branches that were on their way to an activity.</summary>
    internal static async ValueTask CancelBranchesIntoAsync(ActivityExecutionContext flowchart, IActivity activity)
    {
        var ancestors = ((Flowchart)flowchart.Activity).GraphOf(flowchart).GetAncestorActivities(activity);
        foreach (var child in flowchart.Children.Where(x => !x.IsCompleted && ancestors.Contains(x.Activity)).ToList()) await child.CancelAsync();
    }
}
