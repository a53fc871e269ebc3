using System.Runtime.CompilerServices;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.Signals;

namespace Elsa.Workflows.Activities;

/// <summary>Where a flowchart starts.</summary>
[Activity("Elsa", "Flow", "Marks the start of a flowchart.", Kind = ActivityKind.Action)]
public class Start : CodeActivity, IStartNode
{
    public Start([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
}

/// <summary>Ends the flowchart or sequence in which it is.</summary>
[Activity("Elsa", "Flow", "Ends the flowchart or sequence in which it is.")]
public class End : CodeActivity, ITerminalNode
{
    public End([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
}

/// <summary>Ends the workflow: what waits or is still to run is dropped.</summary>
[Activity("Elsa", "Primitives", "Ends the workflow.")]
public class Finish : CodeActivity, ITerminalNode
{
    public Finish([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }

    protected override void Execute(ActivityExecutionContext context) => context.WorkflowExecutionContext.TransitionTo(WorkflowSubStatus.Finished);
}

/// <summary>Leaves the innermost loop.</summary>
[Activity("Elsa", "Looping", "Leaves the innermost loop.")]
public class Break : CodeActivity, ITerminalNode
{
    public Break([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => context.SendSignalAsync(new BreakSignal());
}

/// <summary>Completes the workflow, or the workflow used as activity, in which it is, with outcomes.</summary>
[Activity("Elsa", "Composition", "Completes the workflow in which it is, with outcomes.")]
public class Complete : Activity, ITerminalNode
{
    public Complete([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
    public Complete(IEnumerable<string> outcomes, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<object>((object)outcomes.ToList()), source, line) { }
    public Complete(Func<ExpressionExecutionContext, ICollection<string>> outcomes, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<object>(x => (object)outcomes(x)), source, line) { }
    public Complete(Func<ExpressionExecutionContext, string> outcome, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<object>(x => (object)outcome(x)), source, line) { }
    public Complete(Input<object> outcomes, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => Outcomes = outcomes;

    [Input(Description = "The outcomes.", UIHint = "outcome-picker", DefaultSyntax = "Object")]
    public Input<object> Outcomes { get; set; } = null!;

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var names = await Loops.ItemsAsync<string>(context, context.Get(Outcomes));
        if (names.Count == 0) names = ["Done"];
        Composites.ChooseOutcomes(context, [.. names]);
        // In a flowchart it is the terminal node that ends it. Anywhere else, what is on the way out is given up.
        if (context.ParentActivityExecutionContext?.Activity is Flowchart.Activities.Flowchart) await context.CompleteActivityAsync();
        await context.CompleteCompositeAsync([.. names]);
    }
}
