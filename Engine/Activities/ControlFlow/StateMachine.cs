using System.Runtime.CompilerServices;
using AgentOS.Engine.Definitions;
using Elsa.Expressions.Contracts;
using Elsa.Workflows.Activities.StateMachine.Models;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace Elsa.Workflows.Activities.StateMachine.Models
{
    public class StateMachineState
    {
        public string Name { get; set; } = null!;

        /// <summary>Runs when the state is entered.</summary>
        public IActivity? Entry { get; set; }

        /// <summary>Runs when the state is left.</summary>
        public IActivity? Exit { get; set; }
    }

    /// <summary>A way from one state to another. Without a trigger it is taken as soon as its condition holds.</summary>
    public class Transition
    {
        public string Name { get; set; } = null!;
        public string? DisplayName { get; set; }
        public string From { get; set; } = null!;
        public string To { get; set; } = null!;
        public IActivity? Trigger { get; set; }
        public Input<bool>? Condition { get; set; }
        public IActivity? Action { get; set; }
    }
}

namespace Elsa.Workflows.Activities.StateMachine.Activities
{
    /// <summary>States, and what leads from one to another. It completes in a state that nothing leads out of.</summary>
    [Activity("Elsa", "Flow", "Moves from state to state.", DisplayName = "State machine")]
    public class StateMachine : Activity, IActivityPorts
    {
        private const string Current = "CurrentState";
        private const string Taken = "Transition";

        public StateMachine([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }

        public ICollection<StateMachineState> States { get; set; } = [];
        public ICollection<Transition> Transitions { get; set; } = [];
        public string? InitialState { get; set; }
        public string? CurrentState { get; set; }

        public IEnumerable<IActivity> Activities => ((IActivityPorts)this).GetPorts().Select(x => x.Activity);

        IEnumerable<(string Port, IActivity Activity)> IActivityPorts.GetPorts()
        {
            foreach (var state in States)
            {
                if (state.Entry is { } entry) yield return ("Entry", entry);
                if (state.Exit is { } exit) yield return ("Exit", exit);
            }

            foreach (var transition in Transitions)
            {
                if (transition.Trigger is { } trigger) yield return ("Trigger", trigger);
                if (transition.Action is { } action) yield return ("Action", action);
            }
        }

        protected override ValueTask ExecuteAsync(ActivityExecutionContext context) =>
            (CurrentState ?? InitialState ?? States.FirstOrDefault()?.Name) is { Length: > 0 } first ? EnterAsync(context, first) : context.CompleteActivityAsync();

        private ValueTask EnterAsync(ActivityExecutionContext context, string name)
        {
            var state = States.FirstOrDefault(x => x.Name == name) ?? throw new InvalidOperationException($"State machine '{Id}' has no state '{name}'.");
            context.SetProperty(Current, name);
            return context.ScheduleActivityAsync(state.Entry, OnEnteredAsync);
        }

        private async ValueTask OnEnteredAsync(ActivityCompletedContext context)
        {
            var target = context.TargetContext;
            var outgoing = Transitions.Where(x => x.From == target.GetProperty<string>(Current)).ToList();
            foreach (var transition in outgoing.Where(x => x.Trigger is null))
            {
                if (!await HoldsAsync(target, transition)) continue;
                await TakeAsync(target, transition);
                return;
            }

            var waiting = outgoing.Where(x => x.Trigger is not null).ToList();
            foreach (var transition in waiting) await target.ScheduleActivityAsync(transition.Trigger, OnTriggeredAsync);
            if (waiting.Count == 0) await target.CompleteActivityAsync();
        }

        private async ValueTask OnTriggeredAsync(ActivityCompletedContext context)
        {
            var target = context.TargetContext;
            var transition = Transitions.First(x => x.Trigger == context.ChildContext.Activity);
            if (await HoldsAsync(target, transition)) await TakeAsync(target, transition);
            else await target.ScheduleActivityAsync(transition.Trigger, OnTriggeredAsync);
        }

        private async ValueTask TakeAsync(ActivityExecutionContext context, Transition transition)
        {
            foreach (var other in context.Children.Where(x => !x.IsCompleted).ToList()) await other.CancelAsync();
            context.WorkflowExecutionContext.Unschedule(context);
            context.ClearCompletionCallbacks();
            context.SetProperty(Taken, Transitions.ToList().IndexOf(transition));
            await context.ScheduleActivityAsync(transition.Action, OnActionCompletedAsync);
        }

        private ValueTask OnActionCompletedAsync(ActivityCompletedContext context)
        {
            var target = context.TargetContext;
            var state = States.FirstOrDefault(x => x.Name == target.GetProperty<string>(Current));
            return target.ScheduleActivityAsync(state?.Exit, OnLeftAsync);
        }

        private ValueTask OnLeftAsync(ActivityCompletedContext context) => EnterAsync(context.TargetContext, Transitions.ElementAt(context.TargetContext.GetProperty<int>(Taken)).To);

        private static async ValueTask<bool> HoldsAsync(ActivityExecutionContext context, Transition transition) =>
            transition.Condition?.Expression is not { } condition
            || await context.GetRequiredService<IExpressionEvaluator>().EvaluateAsync<bool>(condition, context.ExpressionExecutionContext);
    }
}
