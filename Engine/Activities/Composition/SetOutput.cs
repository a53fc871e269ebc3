using System.Runtime.CompilerServices;
using Elsa.Expressions.Helpers;
using Elsa.Extensions;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace Elsa.Workflows.Management.Activities.SetOutput;

/// <summary>Sets an output of the workflow, or of the workflow used as activity, in which it is.</summary>
[Activity("Elsa", "Composition", "Sets an output of the workflow.")]
public class SetOutput : CodeActivity
{
    public SetOutput([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }

    [Input(Description = "The name of the output.", UIHint = "output-picker")]
    public Input<string> OutputName { get; set; } = null!;

    [Input(Description = "Its value.")]
    public Input<object?> OutputValue { get; set; } = null!;

    protected override void Execute(ActivityExecutionContext context)
    {
        var name = context.Get(OutputName) ?? "";
        var value = OutputValue.GetOrDefault(context);
        if (Composites.SetOutput(context, name, value)) return;
        var workflow = context.WorkflowExecutionContext;
        var definition = workflow.Workflow.Outputs.FirstOrDefault(x => x.Name == name);
        workflow.Output[name] = (definition is null ? value : value.ConvertTo(definition.Type))!;
    }
}
