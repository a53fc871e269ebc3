using System.Runtime.CompilerServices;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime.Stimuli;

namespace Elsa.Workflows.Runtime.Activities;

/// <summary>Waits for an event, or starts the workflow when it comes.</summary>
[Activity("Elsa", "Primitives", "Waits for an event.")]
public class Event : Trigger<object?>
{
    public const string EventInputWorkflowInputKey = "__EventPayloadWorkflowInput";

    internal Event([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
    public Event(string eventName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<string>(eventName), source, line) { }
    public Event(Func<string> eventName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<string>(eventName), source, line) { }
    public Event(Func<ExpressionExecutionContext, string?> eventName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<string>(eventName!), source, line) { }
    public Event(Variable<string> variable, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<string>(variable), source, line) { }
    public Event(Literal<string> literal, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<string>(literal), source, line) { }
    public Event(Input<string> eventName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) => EventName = eventName;

    [Input(Description = "The name of the event.")]
    public Input<string> EventName { get; set; } = null!;

    protected override object GetTriggerPayload(TriggerIndexingContext context) => new EventStimulus(context.Get(EventName) ?? "");

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow()) await CompleteInternalAsync(context);
        else context.CreateBookmark(new CreateBookmarkArgs { Stimulus = new EventStimulus(context.Get(EventName) ?? ""), Callback = CompleteInternalAsync });
    }

    private async ValueTask CompleteInternalAsync(ActivityExecutionContext context)
    {
        context.SetResult(context.WorkflowInput.TryGetValue(EventInputWorkflowInputKey, out var payload) ? payload : context.IsTriggerOfWorkflow() ? null : new Dictionary<string, object>());
        await context.CompleteActivityAsync();
    }
}

/// <summary>Base of activities that wait for one event of their own.</summary>
public abstract class EventBase<TResult> : Trigger<TResult>
{
    protected abstract string GetEventName(ExpressionExecutionContext context);

    protected virtual ValueTask OnEventReceivedAsync(ActivityExecutionContext context, TResult? input)
    {
        OnEventReceived(context, input);
        return ValueTask.CompletedTask;
    }

    protected virtual void OnEventReceived(ActivityExecutionContext context, TResult? input) { }

    protected override object GetTriggerPayload(TriggerIndexingContext context)
    {
        context.TriggerName = "Elsa.Event";
        return new EventStimulus(GetEventName(context.ExpressionExecutionContext));
    }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow())
        {
            await EventReceivedAsync(context);
            return;
        }

        context.CreateBookmark(new CreateBookmarkArgs { BookmarkName = "Elsa.Event", Stimulus = new EventStimulus(GetEventName(context.ExpressionExecutionContext)), Callback = EventReceivedAsync });
    }

    protected async ValueTask EventReceivedAsync(ActivityExecutionContext context)
    {
        var input = context.GetWorkflowInput<TResult?>(Event.EventInputWorkflowInputKey);
        context.SetResult(input);
        await OnEventReceivedAsync(context, input);
        await context.CompleteActivityAsync();
    }
}

public abstract class EventBase : Trigger<object>;

/// <summary>Publishes an event.</summary>
[Activity("Elsa", "Primitives", "Publishes an event.")]
public class PublishEvent : Activity
{
    public PublishEvent([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }

    [Input(Description = "The name of the event.")]
    public Input<string> EventName { get; set; } = null!;

    [Input(Description = "Only instances with this correlation id hear it.")]
    public Input<string?> CorrelationId { get; set; } = null!;

    [Input(DisplayName = "Local", Description = "Only this instance hears it.")]
    public Input<bool> IsLocalEvent { get; set; } = null!;

    [Input(Description = "What the event carries.")]
    public Input<object?> Payload { get; set; } = null!;

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var instance = IsLocalEvent.GetOrDefault(context) ? context.WorkflowExecutionContext.Id : null;
        await context.GetRequiredService<IEventPublisher>().PublishAsync(context.Get(EventName) ?? "", CorrelationId.GetOrDefault(context), instance, null, Payload.GetOrDefault(context) ?? new Dictionary<string, object>(), true, context.CancellationToken);
        await context.CompleteActivityAsync();
    }
}
