using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Coding;

[Activity("AgentOS", "Coding", "Stops work on the task with a reason that a person or its planner can act on.", DisplayName = "Block")]
[FlowNode("Done")]
public sealed class BlockTask : StepActivity
{
    [Input(DisplayName = "Task", Description = "The id of the task or goal.", DefaultSyntax = "Variable")]
    public Input<string> TaskId { get; set; } = default!;

    [Input(Description = "Why it cannot go on.", UIHint = "multi-line")]
    public Input<string> Reason { get; set; } = default!;

    protected override async ValueTask<string> RunAsync(ActivityExecutionContext context)
    {
        await context.GetRequiredService<CodingService>().BlockAsync(
            Read(context, TaskId, nameof(TaskId)), context.WorkflowExecutionContext.Id, context.Get(Reason) ?? "No reason was given.", context.CancellationToken);
        return "Done";
    }
}
