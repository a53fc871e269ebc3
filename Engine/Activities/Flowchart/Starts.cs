using Elsa.Extensions;
using Elsa.Workflows.Activities.Flowchart.Models;

namespace Elsa.Workflows.Activities.Flowchart.Activities;

/// <summary>Where a flowchart begins.</summary>
internal static class Starts
{
    /// <summary>The trigger of this run; else what is named as start, a start node, a trigger that may start workflows, or what no connection leads to.</summary>
    public static IActivity? FindStart(this Flowchart flowchart, string? triggerActivityId)
    {
        var activities = flowchart.Activities;
        if (triggerActivityId is not null && activities.FirstOrDefault(x => x.Id == triggerActivityId) is { } trigger) return trigger;
        if (flowchart.Start is { } explicitStart) return explicitStart;
        return activities.FirstOrDefault(x => x is IStartNode)
               ?? activities.FirstOrDefault(x => x.GetCanStartWorkflow())
               ?? activities.FirstOrDefault(x => flowchart.Connections.All(c => c.Target.Activity != x))
               ?? activities.FirstOrDefault();
    }
}

/// <summary>What a join waits for, asked before the join itself runs.</summary>
internal static class JoinModes
{
    public static async ValueTask<FlowJoinMode> OfAsync(ActivityExecutionContext flowchart, IActivity join)
    {
        if (join is not FlowJoin { Mode: { Expression: { } expression } }) return FlowJoinMode.WaitAny;
        var evaluator = flowchart.GetRequiredService<Elsa.Expressions.Contracts.IExpressionEvaluator>();
        return await evaluator.EvaluateAsync<FlowJoinMode>(expression, flowchart.ExpressionExecutionContext);
    }
}
