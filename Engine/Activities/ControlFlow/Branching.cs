using System.Runtime.CompilerServices;
using AgentOS.Engine.Definitions;
using Elsa.Expressions.Contracts;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace Elsa.Workflows.Activities;

/// <summary>Runs one activity or another, by a condition.</summary>
[Activity("Elsa", "Branching", "Runs one activity or another, by a condition.")]
public class If : Activity<bool>
{
    public If([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
    public If(Input<bool> condition, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => Condition = condition;
    public If(Func<ExpressionExecutionContext, bool> condition, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => Condition = new(condition);
    public If(Func<bool> condition, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => Condition = new(condition);

    [Input(UIHint = "single-line", Description = "The condition.")]
    public Input<bool> Condition { get; set; } = new(new Literal<bool>(false));

    [Port]
    public IActivity? Then { get; set; }

    [Port]
    public IActivity? Else { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var condition = context.Get(Condition);
        context.SetResult(condition);
        await context.ScheduleActivityAsync(condition ? Then : Else, OnChildCompleted);
    }

    private static ValueTask OnChildCompleted(ActivityCompletedContext context) => context.TargetContext.CompleteActivityAsync();
}

/// <summary>A branch of a <see cref="Switch"/>.</summary>
public class SwitchCase
{
    public SwitchCase() { }

    public SwitchCase(string label, Expression condition, IActivity activity)
    {
        Label = label;
        Condition = condition;
        Activity = activity;
    }

    public SwitchCase(string label, Func<ExpressionExecutionContext, ValueTask<bool>> condition, IActivity activity) : this(label, Expression.DelegateExpression(condition), activity) { }
    public SwitchCase(string label, Func<ValueTask<bool>> condition, IActivity activity) : this(label, Expression.DelegateExpression(condition), activity) { }
    public SwitchCase(string label, Func<ExpressionExecutionContext, bool> condition, IActivity activity) : this(label, Expression.DelegateExpression(condition), activity) { }
    public SwitchCase(string label, Func<bool> condition, IActivity activity) : this(label, Expression.DelegateExpression(condition), activity) { }

    public string Label { get; set; } = null!;
    public Expression Condition { get; set; } = null!;
    public IActivity? Activity { get; set; }
}

/// <summary>Runs the activities whose conditions hold.</summary>
[Activity("Elsa", "Branching", "Runs the activities whose conditions hold.")]
public class Switch : Activity, IActivityPorts
{
    public Switch([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }

    [Input(UIHint = "switch-editor", Description = "Branches and their conditions.")]
    public ICollection<SwitchCase> Cases { get; set; } = [];

    [Input(Description = "Only the first case that holds, or every one.", UIHint = "dropdown")]
    public Input<SwitchMode> Mode { get; set; } = new(SwitchMode.MatchFirst);

    [Port]
    public IActivity? Default { get; set; }

    public Output<object>? Output { get; set; }

    IEnumerable<(string Port, IActivity Activity)> IActivityPorts.GetPorts()
    {
        foreach (var @case in Cases)
            if (@case.Activity is { } activity) yield return (@case.Label, activity);
        if (Default is { } other) yield return (nameof(Default), other);
    }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var first = context.Get(Mode) == SwitchMode.MatchFirst;
        var evaluator = context.GetRequiredService<IExpressionEvaluator>();
        var matching = new List<SwitchCase>();
        foreach (var @case in Cases)
        {
            if (!await evaluator.EvaluateAsync<bool>(@case.Condition, context.ExpressionExecutionContext)) continue;
            matching.Add(@case);
            if (first) break;
        }

        List<IActivity?> activities = matching.Count > 0 ? [.. matching.Select(x => x.Activity)] : [Default];
        activities.RemoveAll(x => x is null);
        if (activities.Count == 0) await context.CompleteActivityAsync();
        else await context.ScheduleActivities(activities, OnChildCompletedAsync);
    }

    private async ValueTask OnChildCompletedAsync(ActivityCompletedContext context)
    {
        var pending = context.TargetContext.Children.Any(x => !x.IsCompleted) || context.WorkflowExecutionContext.Scheduler.Any(x => x.Owner == context.TargetContext);
        if (!pending) await context.TargetContext.CompleteActivityAsync();
    }
}

/// <summary>Runs branches at the same time, until all or one of them ends.</summary>
[System.ComponentModel.Browsable(false)]
[Activity("Elsa", "Control Flow", "Runs branches at the same time.")]
public class Fork : Activity
{
    private const string Completed = "Completed";

    public Fork([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }

    [Input(Description = "Whether all branches have to end, or one.", UIHint = "dropdown")]
    public ForkJoinMode JoinMode { get; set; } = ForkJoinMode.WaitAll;

    public ICollection<IActivity> Branches { get; set; } = [];

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) =>
        Branches.Count == 0 ? context.CompleteActivityAsync() : context.ScheduleActivities(Branches, OnBranchCompletedAsync);

    private async ValueTask OnBranchCompletedAsync(ActivityCompletedContext context)
    {
        var target = context.TargetContext;
        var completed = target.UpdateProperty<List<string>>(Completed, known => [.. known ?? [], context.ChildContext.Activity.Id]);
        if (JoinMode == ForkJoinMode.WaitAll && !Branches.All(x => completed.Contains(x.Id))) return;
        // The branches that lost are given up from the outside in.
        foreach (var loser in target.GetDescendants().Where(x => x != context.ChildContext && !x.IsCompleted).ToList()) await loser.CancelSelfAsync();
        await target.CompleteActivityAsync();
    }
}
