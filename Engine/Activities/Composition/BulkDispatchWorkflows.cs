using System.Runtime.CompilerServices;
using Elsa.Expressions.Contracts;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime.Stimuli;

namespace Elsa.Workflows.Runtime.Activities;

/// <summary>Has another workflow started once for each item, and waits for all of them if it is told to.</summary>
[FlowNode("Completed", "Canceled", "Done")]
[Activity("Elsa", "Composition", "Has another workflow started for each item.", DisplayName = "Bulk dispatch workflows", Kind = ActivityKind.Task)]
public class BulkDispatchWorkflows : Activity
{
    private const string Pending = "PendingInstances";
    private const string Waits = "Elsa.BulkDispatchWorkflows";

    public BulkDispatchWorkflows([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }

    [Input(DisplayName = "Workflow definition", Description = "The workflow to start.", UIHint = "workflow-definition-picker")]
    public Input<string> WorkflowDefinitionId { get; set; } = null!;

    [Input(Description = "One instance is started for each item.")]
    public Input<object> Items { get; set; } = null!;

    [Input(DisplayName = "Item key", Description = "The input that receives an item which is not itself a set of inputs.", DefaultValue = "Item")]
    public Input<string> DefaultItemInputKey { get; set; } = new("Item");

    [Input(DisplayName = "Correlation ID function", Description = "Gives the correlation id of an instance; sees the item.", AutoEvaluate = false)]
    public Input<string?>? CorrelationIdFunction { get; set; }

    [Input(Description = "Input that all instances receive.")]
    public Input<IDictionary<string, object>?> Input { get; set; } = null!;

    [Input(Description = "Whether to wait for their ends.", DefaultValue = true)]
    public Input<bool> WaitForCompletion { get; set; } = null!;

    [Input(Description = "Kept for the sake of definitions that set it.", Category = "Open Telemetry")]
    public Input<bool> StartNewTrace { get; set; } = new(false);

    [Input(DisplayName = "Channel", Description = "Kept for the sake of definitions that set it: there is one queue.", UIHint = "dropdown", Options = new[] { "" })]
    public Input<string?> ChannelName { get; set; } = null!;

    [Port]
    public IActivity? ChildCompleted { get; set; }

    [Port]
    public IActivity? ChildFaulted { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var items = await Loops.ItemsAsync<object>(context, Items.GetOrDefault(context));
        var wait = WaitForCompletion.GetOrDefault(context);
        var stimulus = new BulkDispatchWorkflowsStimulus(context.Id) { ScheduledInstanceIdsCount = items.Count };
        var hash = context.WorkflowExecutionContext.StimulusHasher.Hash(Waits, stimulus);
        foreach (var item in items)
            await Children.DispatchAsync(context, context.Get(WorkflowDefinitionId), await CorrelationIdOf(context, item), InputOf(context, item), wait ? Waits : null,
                wait ? new Dictionary<string, object> { ["ParentStimulusHash"] = hash } : null);

        if (!wait || items.Count == 0)
        {
            await context.CompleteActivityWithOutcomesAsync("Done");
            return;
        }

        context.SetProperty(Pending, items.Count);
        // Stays until the last child has reported.
        context.CreateBookmark(new CreateBookmarkArgs { Stimulus = stimulus, Callback = OnChildCompletedAsync, AutoBurn = false });
    }

    private async ValueTask<string?> CorrelationIdOf(ActivityExecutionContext context, object? item)
    {
        if (CorrelationIdFunction?.Expression is not { } expression) return null;
        var options = new ExpressionEvaluatorOptions { Arguments = new Dictionary<string, object> { ["item"] = item! } };
        return await context.GetRequiredService<IExpressionEvaluator>().EvaluateAsync<string>(expression, context.ExpressionExecutionContext, options);
    }

    private Dictionary<string, object> InputOf(ActivityExecutionContext context, object? item)
    {
        var result = new Dictionary<string, object>(Input.GetOrDefault(context) ?? new Dictionary<string, object>());
        if (item is IDictionary<string, object> inputs)
            foreach (var pair in inputs) result[pair.Key] = pair.Value;
        else result[context.Get(DefaultItemInputKey) ?? "Item"] = item!;
        return result;
    }

    private async ValueTask OnChildCompletedAsync(ActivityExecutionContext context)
    {
        context.UpdateProperty<int>(Pending, count => count - 1);
        var faulted = context.WorkflowInput.TryGetValue("WorkflowSubStatus", out var status) && status?.ToString() == nameof(WorkflowSubStatus.Faulted);
        if ((faulted ? ChildFaulted : ChildCompleted) is { } port) await context.ScheduleActivityAsync(port, OnPortCompletedAsync);
        else await CompleteWhenAllAsync(context);
    }

    private ValueTask OnPortCompletedAsync(ActivityCompletedContext context) => CompleteWhenAllAsync(context.TargetContext);

    private static async ValueTask CompleteWhenAllAsync(ActivityExecutionContext context)
    {
        if (context.GetProperty<int>(Pending) > 0 || context.Children.Any(x => x.Status is ActivityStatus.Running or ActivityStatus.Pending)) return;
        if (context.WorkflowExecutionContext.Scheduler.Any(x => x.Owner == context)) return;
        await context.CompleteActivityWithOutcomesAsync("Completed", "Done");
    }
}
