using System.Collections;
using System.Runtime.CompilerServices;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Behaviors;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;

namespace Elsa.Workflows.Activities;

/// <summary>Runs its body as long as a condition holds.</summary>
[Activity("Elsa", "Looping", "Runs its body as long as a condition holds.")]
public class While : Activity
{
    public While([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) => Behaviors.Add(new BreakBehavior(this));
    public While(IActivity? body = null, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => Body = body!;
    public While(Input<bool> condition, IActivity? body = null, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(body, source, line) => Condition = condition;
    public While(Func<ExpressionExecutionContext, ValueTask<bool>> condition, IActivity? body = null, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<bool>(condition), body, source, line) { }
    public While(Func<ExpressionExecutionContext, bool> condition, IActivity? body = null, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<bool>(condition), body, source, line) { }
    public While(Func<ValueTask<bool>> condition, IActivity? body = null, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<bool>(condition), body, source, line) { }
    public While(Func<bool> condition, IActivity? body = null, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<bool>(condition), body, source, line) { }

    [Input(AutoEvaluate = false, UIHint = "single-line", Description = "Evaluated before each round.")]
    public Input<bool> Condition { get; set; } = new(false);

    [Port]
    public IActivity Body { get; set; } = null!;

    public static While True(IActivity body) => new(new Input<bool>(true), body);

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => NextAsync(context);

    private async ValueTask NextAsync(ActivityExecutionContext context)
    {
        var goesOn = !context.GetIsBreaking() && (await context.EvaluateInputPropertyAsync(nameof(Condition))).As<bool>();
        if (goesOn) await context.ScheduleActivityAsync(Body, OnBodyCompleted);
        else await context.CompleteActivityAsync();
    }

    private ValueTask OnBodyCompleted(ActivityCompletedContext context) => NextAsync(context.TargetContext);
}

/// <summary>Counts from one number to another.</summary>
[Activity("Elsa", "Looping", "Counts from one number to another.")]
public class For : Activity
{
    private const string Current = "CurrentStep";

    public For([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) => Behaviors.Add(new BreakBehavior(this));

    public For(int start, int end, int step, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => (Start, End, Step) = (new(start), new(end), new(step));

    [Input(Description = "The first number.")]
    public Input<int> Start { get; set; } = new(0);

    [Input(Description = "The last number.")]
    public Input<int> End { get; set; } = new(0);

    [Input(Description = "The distance between numbers; negative to count down.")]
    public Input<int> Step { get; set; } = new(1);

    [Input(Description = "Whether the last number is counted too.", DefaultValue = true)]
    public Input<bool> OuterBoundInclusive { get; set; } = new(true);

    [Port]
    public IActivity? Body { get; set; }

    [Output(Description = "The number of this round.")]
    public Output<object?>? CurrentValue { get; set; }

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => NextAsync(context);

    private async ValueTask NextAsync(ActivityExecutionContext context)
    {
        if (Body is null || context.GetIsBreaking())
        {
            await context.CompleteActivityAsync();
            return;
        }

        var step = context.Get(Step);
        var end = context.Get(End);
        var current = context.GetProperty<int?>(Current) is { } last ? (long)last + step : context.Get(Start);
        var goesOn = step >= 0 ? current < end : current > end;
        if (!goesOn && !(context.Get(OuterBoundInclusive) && current == end))
        {
            await context.CompleteActivityAsync();
            return;
        }

        context.SetProperty(Current, (int)current);
        context.Set(CurrentValue, (int)current, nameof(CurrentValue));
        await context.ScheduleActivityAsync(Body, OnBodyCompleted, variables: [Loops.Variable("CurrentValue", (int)current)]);
    }

    private ValueTask OnBodyCompleted(ActivityCompletedContext context) => NextAsync(context.TargetContext);
}

/// <summary>Runs its body for each item, one after the other.</summary>
[Activity("Elsa", "Looping", "Runs its body for each item, one after the other.")]
public class ForEach : ForEach<object>;

/// <summary>Runs its body for each item, one after the other.</summary>
[Activity("Elsa", "Looping", "Runs its body for each item, one after the other.")]
public class ForEach<T> : Activity
{
    private const string Index = "CurrentIndex";

    public ForEach([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) => Behaviors.Add(new BreakBehavior(this));
    public ForEach(Func<ExpressionExecutionContext, ICollection<T>> @delegate, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<ICollection<T>>(@delegate), source, line) { }
    public ForEach(Func<ICollection<T>> @delegate, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<ICollection<T>>(@delegate), source, line) { }
    public ForEach(ICollection<T> items, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<ICollection<T>>(items), source, line) { }
    public ForEach(Input<ICollection<T>> items, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => Items = items;

    [Input(Description = "The items.")]
    public Input<ICollection<T>> Items { get; set; } = new(Array.Empty<T>());

    [Port]
    public IActivity Body { get; set; } = null!;

    [Output(Description = "The item of this round.")]
    public Output<T>? CurrentValue { get; set; }

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => NextAsync(context);

    private async ValueTask NextAsync(ActivityExecutionContext context)
    {
        var index = context.GetProperty<int>(Index);
        var items = context.Get(Items)!;
        ArgumentNullException.ThrowIfNull(items, "source");
        if (context.GetIsBreaking() || index >= items.Count)
        {
            await context.CompleteActivityAsync();
            return;
        }

        var item = items is IList list ? (T?)list[index] : items.ElementAt(index);
        context.SetProperty(Index, index + 1);
        context.Set(CurrentValue, item, nameof(CurrentValue));
        await context.ScheduleActivityAsync(Body, OnBodyCompleted, variables: [Loops.Variable("CurrentIndex", index), Loops.Variable("CurrentValue", item)]);
    }

    private ValueTask OnBodyCompleted(ActivityCompletedContext context) => NextAsync(context.TargetContext);
}

/// <summary>Runs its body for all items at the same time.</summary>
[Activity("Elsa", "Looping", "Runs its body for all items at the same time.")]
public class ParallelForEach : ParallelForEach<object>
{
    public ParallelForEach([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
}

/// <summary>Runs its body for all items at the same time.</summary>
[Activity("Elsa", "Looping", "Runs its body for all items at the same time.")]
public class ParallelForEach<T> : Activity
{
    private const string Pending = "Pending";

    public ParallelForEach([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) => Behaviors.Add(new BreakBehavior(this));
    public ParallelForEach(Func<ExpressionExecutionContext, ICollection<T>> @delegate, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<object>(x => (object)@delegate(x)), source, line) { }
    public ParallelForEach(Func<ICollection<T>> @delegate, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<object>(() => (object)@delegate()), source, line) { }
    public ParallelForEach(ICollection<T> items, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<object>((object)items), source, line) { }
    public ParallelForEach(Input<object> items, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => Items = items;

    [Input(Description = "The items.")]
    public Input<object> Items { get; set; } = new((object)Array.Empty<T>());

    [Port]
    public IActivity Body { get; set; } = null!;

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var items = await Loops.ItemsAsync<T>(context, context.Get(Items));
        if (items.Count == 0 || Body is null)
        {
            await context.CompleteActivityAsync();
            return;
        }

        context.SetProperty(Pending, items.Count);
        for (var index = 0; index < items.Count; index++)
            await context.ScheduleActivityAsync(Body, OnBodyCompleted, variables: [Loops.Variable("CurrentIndex", index), Loops.Variable("CurrentValue", items[index])]);
    }

    private async ValueTask OnBodyCompleted(ActivityCompletedContext context)
    {
        var pending = context.TargetContext.UpdateProperty<int>(Pending, count => count - 1);
        if (pending <= 0 || context.TargetContext.GetIsBreaking()) await context.TargetContext.CompleteActivityAsync();
    }
}

internal static class Loops
{
    public static Variable Variable(string name, object? value) => new(name, value) { Id = $"variable-{name}", StorageDriverType = typeof(WorkflowInstanceStorageDriver) };

    /// <summary>Items of whatever a person writes for a list: a list, JSON, a stream of items, one thing.</summary>
    public static async ValueTask<List<T>> ItemsAsync<T>(ActivityExecutionContext context, object? source)
    {
        switch (source)
        {
            case null: return [];
            case IAsyncEnumerable<T> stream:
                var result = new List<T>();
                await foreach (var item in stream.WithCancellation(context.CancellationToken)) result.Add(item);
                return result;
            case string text when text.TrimStart().StartsWith('['): return [.. Elsa.Expressions.Helpers.ObjectConverter.ConvertTo<List<T>>(text) ?? []];
            case string or IDictionary: return [source.As<T>()!];
            case System.Text.Json.JsonElement { ValueKind: System.Text.Json.JsonValueKind.Array } element: return [.. element.EnumerateArray().Select(x => AgentOS.Engine.State.EngineJson.ToPlain(x).As<T>()!)];
            case IEnumerable<KeyValuePair<string, object?>>: return [source.As<T>()!];
            case IEnumerable items: return [.. items.Cast<object?>().Select(x => x.As<T>()!)];
            default: return [source.As<T>()!];
        }
    }
}
