namespace Elsa.Workflows
{
    public abstract class Behavior(IActivity owner) : IBehavior
    {
        private List<(Type Type, Func<object, SignalContext, ValueTask> Handler)>? _handlers;

        public IActivity Owner { get; } = owner;

        protected virtual ValueTask ExecuteAsync(ActivityExecutionContext context)
        {
            Execute(context);
            return ValueTask.CompletedTask;
        }

        protected virtual void Execute(ActivityExecutionContext context) { }

        protected virtual ValueTask OnSignalReceivedAsync(object signal, SignalContext context)
        {
            OnSignalReceived(signal, context);
            return ValueTask.CompletedTask;
        }

        protected virtual void OnSignalReceived(object signal, SignalContext context) { }

        protected void OnSignalReceived(Type signalType, Func<object, SignalContext, ValueTask> handler) => (_handlers ??= []).Add((signalType, handler));
        protected void OnSignalReceived<T>(Func<T, SignalContext, ValueTask> handler) => OnSignalReceived(typeof(T), (signal, context) => handler((T)signal, context));

        protected void OnSignalReceived<T>(Action<T, SignalContext> handler) => OnSignalReceived<T>((signal, context) =>
        {
            handler(signal, context);
            return ValueTask.CompletedTask;
        });

        ValueTask IBehavior.ExecuteAsync(ActivityExecutionContext context) => ExecuteAsync(context);

        async ValueTask ISignalHandler.ReceiveSignalAsync(object signal, SignalContext context)
        {
            await OnSignalReceivedAsync(signal, context);
            if (_handlers is null) return;
            foreach (var (type, handler) in _handlers)
                if (type.IsInstanceOfType(signal)) await handler(signal, context);
        }
    }

    /// <summary>A signal on its way up from the activity that sent it.</summary>
    public class SignalContext(ActivityExecutionContext receiverActivityExecutionContext, ActivityExecutionContext senderActivityExecutionContext, CancellationToken cancellationToken)
    {
        internal bool StopPropagationRequested { get; private set; }

        public ActivityExecutionContext ReceiverActivityExecutionContext { get; init; } = receiverActivityExecutionContext;
        public ActivityExecutionContext SenderActivityExecutionContext { get; init; } = senderActivityExecutionContext;
        public bool IsSelf => ReceiverActivityExecutionContext == SenderActivityExecutionContext;
        public CancellationToken CancellationToken { get; init; } = cancellationToken;
        public void StopPropagation() => StopPropagationRequested = true;
    }
}

namespace Elsa.Workflows.Behaviors
{
    /// <summary>Completes its owner when that has run and left no bookmark.</summary>
    public class AutoCompleteBehavior(IActivity owner) : Behavior(owner)
    {
        protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
        {
            if (context is { IsCompleted: false, HasBookmarks: false }) await context.CompleteActivityAsync();
        }
    }
}

namespace Elsa.Workflows.Signals
{
    public record ActivityCompleted(object? Result = null);

    /// <summary>Ends the innermost loop.</summary>
    public record BreakSignal;

    public record CancelSignal;

    /// <summary>Completes the innermost composite with a value.</summary>
    public record CompleteCompositeSignal(object? Value = null);

    /// <summary>Has the flowchart around the sender schedule what is connected to these outcomes.</summary>
    public record ScheduleActivityOutcomes(params string[] Outcomes);

    /// <summary>Has the container around the sender schedule one of its children.</summary>
    public class ScheduleChildActivity
    {
        public ScheduleChildActivity(IActivity activity, IDictionary<string, object>? input = null) => (Activity, Input) = (activity, input);

        public ScheduleChildActivity(ActivityExecutionContext activityExecutionContext, IDictionary<string, object>? input = null) =>
            (ActivityExecutionContext, Activity, Input) = (activityExecutionContext, activityExecutionContext.Activity, input);

        public IActivity Activity { get; init; }
        public ActivityExecutionContext? ActivityExecutionContext { get; init; }
        public IDictionary<string, object>? Input { get; init; }
    }
}
