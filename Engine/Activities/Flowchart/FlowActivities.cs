using System.Runtime.CompilerServices;
using Elsa.Expressions.Contracts;
using Elsa.Expressions.Models;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Activities.Flowchart.Contracts;
using Elsa.Workflows.Activities.Flowchart.Models;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace Elsa.Workflows.Activities.Flowchart.Activities
{
    /// <summary>Leaves by <c>True</c> or <c>False</c>.</summary>
    [FlowNode("True", "False")]
    [Activity("Elsa", "Branching", "Goes one of two ways, by a condition.", DisplayName = "Decision")]
    public class FlowDecision : Activity
    {
        public FlowDecision([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }

        public FlowDecision(Func<ExpressionExecutionContext, bool> condition, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => Condition = new(condition);

        public FlowDecision(Func<ExpressionExecutionContext, ValueTask<bool>> condition, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) =>
            Condition = new(condition);

        [Input(UIHint = "single-line", Description = "Decides which way to go.")]
        public Input<bool> Condition { get; set; } = new(new Literal<bool>(false));

        protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => context.CompleteActivityWithOutcomesAsync(context.Get(Condition) ? "True" : "False");
    }

    /// <summary>Leaves by the outcomes of the cases that hold, or by <c>Default</c>.</summary>
    [FlowNode("Default")]
    [Activity("Elsa", "Branching", "Goes the ways whose conditions hold.", DisplayName = "Switch (flow)")]
    public class FlowSwitch : Activity
    {
        public FlowSwitch([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }

        [Input(UIHint = "flow-switch-editor", Description = "Outcomes and their conditions.")]
        public ICollection<FlowSwitchCase> Cases { get; set; } = [];

        [Input(Description = "Only the first case that holds, or every one.", UIHint = "dropdown")]
        public Input<SwitchMode> Mode { get; set; } = new(SwitchMode.MatchFirst);

        protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
        {
            var first = context.Get(Mode) == SwitchMode.MatchFirst;
            var evaluator = context.GetRequiredService<IExpressionEvaluator>();
            var outcomes = new List<string>();
            foreach (var @case in Cases)
            {
                if (!await evaluator.EvaluateAsync<bool>(@case.Condition, context.ExpressionExecutionContext)) continue;
                outcomes.Add(@case.Label);
                if (first) break;
            }

            await context.CompleteActivityWithOutcomesAsync(outcomes.Count == 0 ? ["Default"] : [.. outcomes]);
        }
    }

    /// <summary>Leaves by several outcomes at once.</summary>
    [Activity("Elsa", "Branching", "Starts several branches.", DisplayName = "Fork (flow)")]
    public class FlowFork : Activity
    {
        public FlowFork([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }

        [Input(UIHint = "dynamic-outcomes", Description = "The names of the branches.")]
        public Input<ICollection<string>> Branches { get; set; } = new(Array.Empty<string>());

        protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => context.CompleteActivityWithOutcomesAsync([.. context.Get(Branches) ?? []]);
    }

    /// <summary>Where branches meet again.</summary>
    [Activity("Elsa", "Branching", "Waits for branches to meet.", DisplayName = "Join")]
    public class FlowJoin : Activity, IJoinNode
    {
        public FlowJoin([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }

        [Input(Description = "Which of the branches to wait for.", DefaultValue = FlowJoinMode.WaitAny, UIHint = "dropdown")]
        public Input<FlowJoinMode> Mode { get; set; } = new(FlowJoinMode.WaitAny);

        protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
        {
            if (context.Get(Mode) == FlowJoinMode.WaitAny && context.ParentActivityExecutionContext is { Activity: Flowchart } flowchart)
                await Flowchart.CancelBranchesIntoAsync(flowchart, this);
            await context.CompleteActivityAsync();
        }
    }
}

namespace Elsa.Workflows.Activities.Flowchart.Models
{
    /// <summary>An outcome and when to take it.</summary>
    public class FlowSwitchCase
    {
        public FlowSwitchCase() { }

        public FlowSwitchCase(string label, Expression condition)
        {
            Label = label;
            Condition = condition;
        }

        public FlowSwitchCase(string label, Func<ExpressionExecutionContext, ValueTask<bool>> condition) : this(label, Expression.DelegateExpression(condition)) { }
        public FlowSwitchCase(string label, Func<ValueTask<bool>> condition) : this(label, Expression.DelegateExpression(condition)) { }
        public FlowSwitchCase(string label, Func<ExpressionExecutionContext, bool> condition) : this(label, Expression.DelegateExpression(condition)) { }
        public FlowSwitchCase(string label, Func<bool> condition) : this(label, Expression.DelegateExpression(condition)) { }

        public string Label { get; set; } = null!;
        public Expression Condition { get; set; } = null!;
    }
}
