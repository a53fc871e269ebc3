using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Elsa.Expressions.Models;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Elsa.Workflows.Signals;

namespace Elsa.Workflows.Activities;

/// <summary>An activity made of others.</summary>
public abstract class Composite : Activity, IVariableContainer, IComposite
{
    protected Composite([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) =>
        OnSignalReceived<CompleteCompositeSignal>(OnCompleteCompositeSignal);

    [JsonIgnore]
    public ICollection<Variable> Variables { get; init; } = [];

    [JsonIgnore]
    public Variable? ResultVariable { get; set; }

    [Port]
    [System.ComponentModel.Browsable(false)]
    public IActivity Root { get; set; } = null!;

    public virtual void Setup() { }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        ConfigureActivities(context);
        await context.ScheduleActivityAsync(Root, OnRootCompletedAsync);
    }

    protected virtual void ConfigureActivities(ActivityExecutionContext context) { }

    protected virtual ValueTask OnCompletedAsync(ActivityCompletedContext context)
    {
        OnCompleted(context);
        return ValueTask.CompletedTask;
    }

    protected virtual void OnCompleted(ActivityCompletedContext context) { }

    protected async Task CompleteAsync(ActivityExecutionContext context, object? result = null) => await context.CompleteActivityAsync(result);
    protected async Task CompleteAsync(ActivityExecutionContext context, params string[] outcomes) => await context.CompleteActivityWithOutcomesAsync(outcomes);

    private async ValueTask OnRootCompletedAsync(ActivityCompletedContext context)
    {
        await OnCompletedAsync(context);
        await context.TargetContext.CompleteActivityAsync(context.Result);
    }

    private async ValueTask OnCompleteCompositeSignal(CompleteCompositeSignal signal, SignalContext context)
    {
        await OnCompletedAsync(new ActivityCompletedContext(context.ReceiverActivityExecutionContext, context.SenderActivityExecutionContext, signal.Value));
        await context.ReceiverActivityExecutionContext.CompleteActivityAsync(signal.Value);
        context.StopPropagation();
    }
}

public abstract class Composite<T> : Composite, IActivityWithResult<T>
{
    protected Composite([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }

    public Output<T>? Result { get; set; }
    Output? IActivityWithResult.Result { get => Result; set => Result = (Output<T>?)value; }
}

/// <summary>An activity that holds others side by side.</summary>
public abstract class Container : Activity, IVariableContainer
{
    protected Container([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }

    public ICollection<IActivity> Activities { get; set; } = [];
    public ICollection<Variable> Variables { get; set; } = [];

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => ScheduleChildrenAsync(context);

    protected virtual ValueTask ScheduleChildrenAsync(ActivityExecutionContext context)
    {
        ScheduleChildren(context);
        return ValueTask.CompletedTask;
    }

    protected virtual void ScheduleChildren(ActivityExecutionContext context) { }
}

/// <summary>A workflow: the activity at the root of every instance.</summary>
[System.ComponentModel.Browsable(false)]
[Activity("Elsa", "Workflows", "The root of a workflow.")]
public class Workflow : Composite<object>, ICloneable
{
    public Workflow() { }

    public Workflow(IActivity root) => Root = root;

    public Workflow(WorkflowIdentity identity, WorkflowPublication publication, WorkflowMetadata workflowMetadata, WorkflowOptions options, IActivity root, ICollection<Variable> variables,
        ICollection<InputDefinition> inputs, ICollection<OutputDefinition> outputs, ICollection<string> outcomes, IDictionary<string, object> customProperties, bool isReadonly, bool isSystem)
    {
        Identity = identity;
        Publication = publication;
        WorkflowMetadata = workflowMetadata;
        Options = options;
        Root = root;
        Variables = variables;
        Inputs = inputs;
        Outputs = outputs;
        Outcomes = outcomes;
        CustomProperties = customProperties;
        IsReadonly = isReadonly;
        IsSystem = isSystem;
    }

    public WorkflowIdentity Identity { get; set; } = WorkflowIdentity.VersionOne;
    public WorkflowPublication Publication { get; set; } = WorkflowPublication.LatestAndPublished;
    public ICollection<InputDefinition> Inputs { get; set; } = [];
    public ICollection<OutputDefinition> Outputs { get; set; } = [];
    public ICollection<string> Outcomes { get; set; } = [];
    public WorkflowMetadata WorkflowMetadata { get; set; } = new();
    public WorkflowOptions Options { get; set; } = new();
    public bool IsReadonly { get; set; }
    public bool IsSystem { get; }

    public static Workflow FromActivity(IActivity root) => root as Workflow ?? new Workflow(root);
    public Workflow Clone() => (Workflow)MemberwiseClone();
    object ICloneable.Clone() => Clone();

    public MemoryRegister CreateRegister()
    {
        var register = new MemoryRegister();
        register.Declare(Variables);
        return register;
    }
}
