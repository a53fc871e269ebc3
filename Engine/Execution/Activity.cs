using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows.Helpers;
using Elsa.Workflows.Models;

namespace Elsa.Workflows;

/// <summary>Base of activities. One that does not derive from <see cref="CodeActivity"/> completes itself.</summary>
public abstract class Activity : IActivity, ISignalHandler
{
    private List<(Type Type, Func<object, SignalContext, ValueTask> Handler)>? _signalHandlers;
    private BehaviorCollection? _behaviors;

    protected Activity([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(null!, 1, source, line) { }

    protected Activity(string activityType, int version = 1, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
    {
        Type = activityType ?? ActivityTypeNameHelper.GenerateTypeName(GetType());
        Version = version;
    }

    public string Id { get; set; } = null!;
    public string NodeId { get; set; } = null!;
    public string? Name { get; set; }
    public string Type { get; set; }
    public int Version { get; set; }

    /// <summary>A trigger that may start the workflow.</summary>
    [JsonIgnore]
    public bool CanStartWorkflow { get => this.GetCanStartWorkflow(); set => this.SetCanStartWorkflow(value); }

    [JsonIgnore]
    public bool? RunAsynchronously { get => this.GetRunAsynchronously(); set => this.SetRunAsynchronously(value); }

    [JsonIgnore]
    public string? CommitStrategy
    {
        get => this.GetCommitStrategy();
        set
        {
            if (value is null) CustomProperties.Remove("commitStrategyName");
            else this.SetCommitStrategy(value);
        }
    }

    public IDictionary<string, object> CustomProperties { get; set; } = new Dictionary<string, object>();

    [JsonIgnore]
    public IDictionary<string, object> SyntheticProperties { get; set; } = new Dictionary<string, object>();

    public IDictionary<string, object> Metadata { get; set; } = new Dictionary<string, object>();

    [JsonIgnore]
    public ICollection<IBehavior> Behaviors => _behaviors ??= [];

    internal bool HasBehaviors => _behaviors is { Count: > 0 };

    // The node of the graph that this activity belongs to; saves a look-up for each step.
    internal ActivityNode? Node { get; set; }

    // Activities whose work is done when their code has run, unless it left a bookmark.
    internal virtual bool CompletesByItself => false;

    protected virtual ValueTask<bool> CanExecuteAsync(ActivityExecutionContext context) => new(CanExecute(context));
    protected virtual bool CanExecute(ActivityExecutionContext context) => true;

    protected virtual ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        Execute(context);
        return ValueTask.CompletedTask;
    }

    [EditorBrowsable(EditorBrowsableState.Advanced)]
    protected virtual void Execute(ActivityExecutionContext context) { }

    protected virtual ValueTask OnSignalReceivedAsync(object signal, SignalContext context)
    {
        OnSignalReceived(signal, context);
        return ValueTask.CompletedTask;
    }

    protected virtual void OnSignalReceived(object signal, SignalContext context) { }

    protected void OnSignalReceived(Type signalType, Func<object, SignalContext, ValueTask> handler) => (_signalHandlers ??= []).Add((signalType, handler));
    protected void OnSignalReceived<T>(Func<T, SignalContext, ValueTask> handler) => OnSignalReceived(typeof(T), (signal, context) => handler((T)signal, context));

    protected void OnSignalReceived<T>(Action<T, SignalContext> handler) => OnSignalReceived<T>((signal, context) =>
    {
        handler(signal, context);
        return ValueTask.CompletedTask;
    });

    protected ValueTask CompleteAsync(ActivityExecutionContext context) => context.CompleteActivityAsync();

    ValueTask<bool> IActivity.CanExecuteAsync(ActivityExecutionContext context) => CanExecuteAsync(context);

    async ValueTask IActivity.ExecuteAsync(ActivityExecutionContext context)
    {
        await ExecuteAsync(context);
        await AfterExecuteAsync(context);
    }

    internal async ValueTask AfterExecuteAsync(ActivityExecutionContext context)
    {
        if (_behaviors is not null)
            foreach (var behavior in _behaviors) await behavior.ExecuteAsync(context);
        if (CompletesByItself && context is { IsCompleted: false, HasBookmarks: false } && context.Status == ActivityStatus.Running)
            await context.CompleteActivityAsync();
    }

    async ValueTask ISignalHandler.ReceiveSignalAsync(object signal, SignalContext context)
    {
        await OnSignalReceivedAsync(signal, context);
        if (_signalHandlers is not null)
            foreach (var (type, handler) in _signalHandlers)
                if (type.IsInstanceOfType(signal)) await handler(signal, context);
        if (_behaviors is not null)
            foreach (var behavior in _behaviors) await behavior.ReceiveSignalAsync(signal, context);
    }
}

public abstract class Activity<T> : Activity, IActivityWithResult<T>
{
    protected Activity([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
    protected Activity(string activityType, int version = 1, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(activityType, version, source, line) { }
    protected Activity(MemoryBlockReference? output, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => Result = output is null ? null : new(output);
    protected Activity(Output<T>? output, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => Result = output;

    public Output<T>? Result { get; set; }
    Output? IActivityWithResult.Result { get => Result; set => Result = (Output<T>?)value; }
}

/// <summary>An activity that completes when its code has run, unless that created a bookmark.</summary>
public abstract class CodeActivity : Activity
{
    protected CodeActivity([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
    protected CodeActivity(string activityType, int version = 1, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(activityType, version, source, line) { }

    internal override bool CompletesByItself => true;
}

public abstract class CodeActivity<T> : CodeActivity, IActivityWithResult<T>
{
    protected CodeActivity([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
    protected CodeActivity(string activityType, int version = 1, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(activityType, version, source, line) { }
    protected CodeActivity(MemoryBlockReference? output, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => Result = output is null ? null : new(output);
    protected CodeActivity(Output<T>? output, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => Result = output;

    public Output<T>? Result { get; set; }
    Output? IActivityWithResult.Result { get => Result; set => Result = (Output<T>?)value; }
}

internal sealed class BehaviorCollection : System.Collections.ObjectModel.Collection<IBehavior>;
