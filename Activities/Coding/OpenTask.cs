using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Coding;

[Activity("AgentOS", "Coding", "Takes a task up for this workflow; one that has ended already is left alone.", DisplayName = "Open task")]
[FlowNode("Open", "Closed")]
public sealed class OpenTask : StepActivity
{
    [Input(DisplayName = "Task", Description = "The id of the task or goal.", DefaultSyntax = "Variable")]
    public Input<string> TaskId { get; set; } = default!;

    [Output(Description = "The id of the task.")]
    public Output<string> Result { get; set; } = default!;

    protected override async ValueTask<string> RunAsync(ActivityExecutionContext context)
    {
        var id = Read(context, TaskId, nameof(TaskId));
        context.Set(Result, id.ToString());
        return await context.GetRequiredService<CodingService>().OpenAsync(id, context.WorkflowExecutionContext.Id, context.CancellationToken);
    }
}
