using System.Runtime.CompilerServices;
using Elsa.Expressions.Models;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Models;

namespace Elsa.Workflows;

/// <summary>An activity that can start its workflow: it says which stimuli it is waiting for.</summary>
public interface ITrigger : IActivity
{
    ValueTask<IEnumerable<object>> GetTriggerPayloadsAsync(TriggerIndexingContext context);
}

/// <summary>A trigger that produces its own stimuli, such as a timer.</summary>
public interface IEventGenerator : ITrigger;

public abstract class Trigger : Activity, ITrigger
{
    protected Trigger([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
    protected Trigger(string activityType, int version = 1, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(activityType, version, source, line) { }

    ValueTask<IEnumerable<object>> ITrigger.GetTriggerPayloadsAsync(TriggerIndexingContext context) => GetTriggerPayloadsAsync(context);
    protected virtual ValueTask<IEnumerable<object>> GetTriggerPayloadsAsync(TriggerIndexingContext context) => new(GetTriggerPayloads(context));
    protected virtual IEnumerable<object> GetTriggerPayloads(TriggerIndexingContext context) => [GetTriggerPayload(context)];
    protected virtual object GetTriggerPayload(TriggerIndexingContext context) => new();
}

public abstract class Trigger<TResult> : Activity<TResult>, ITrigger
{
    protected Trigger([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
    protected Trigger(string activityType, int version = 1, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(activityType, version, source, line) { }

    ValueTask<IEnumerable<object>> ITrigger.GetTriggerPayloadsAsync(TriggerIndexingContext context) => GetTriggerPayloadsAsync(context);
    protected virtual ValueTask<IEnumerable<object>> GetTriggerPayloadsAsync(TriggerIndexingContext context) => new(GetTriggerPayloads(context));
    protected virtual IEnumerable<object> GetTriggerPayloads(TriggerIndexingContext context) => [GetTriggerPayload(context)];
    protected virtual object GetTriggerPayload(TriggerIndexingContext context) => new();
}

public abstract class EventGenerator : Trigger, IEventGenerator
{
    protected EventGenerator([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
    protected EventGenerator(string triggerType, int version = 1, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(triggerType, version, source, line) { }
}

public class WorkflowIndexingContext(Workflow workflow, CancellationToken cancellationToken)
{
    public Workflow Workflow { get; } = workflow;
    public IDictionary<ITrigger, MemoryRegister> Registers { get; } = new Dictionary<ITrigger, MemoryRegister>();
    public CancellationToken CancellationToken { get; } = cancellationToken;

    public MemoryRegister GetOrCreateRegister(ITrigger activity)
    {
        if (!Registers.TryGetValue(activity, out var register)) Registers[activity] = register = new MemoryRegister();
        return register;
    }
}

/// <summary>What a trigger can evaluate when its workflow is published: no instance exists yet.</summary>
public class TriggerIndexingContext(WorkflowIndexingContext workflowIndexingContext, ExpressionExecutionContext expressionExecutionContext, ITrigger trigger, CancellationToken cancellationToken)
{
    public WorkflowIndexingContext WorkflowIndexingContext { get; } = workflowIndexingContext;
    public ExpressionExecutionContext ExpressionExecutionContext { get; } = expressionExecutionContext;
    public ITrigger Trigger { get; } = trigger;
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>The name under which stimuli find the trigger; its activity type unless set.</summary>
    public string TriggerName { get; set; } = trigger.Type;

    public T? Get<T>(Input<T>? input) => input is null ? default : ExpressionExecutionContext.Get<T>(input.MemoryBlockReference());
}
