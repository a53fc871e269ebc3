using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Coding;

[Activity("AgentOS", "Coding", "After the merge: removes the workspace and tells the goal.", DisplayName = "Close task")]
[FlowNode("Done")]
public sealed class CloseTask : StepActivity
{
    [Input(DisplayName = "Task", Description = "The id of the task or goal.", DefaultSyntax = "Variable")]
    public Input<string> TaskId { get; set; } = default!;

    protected override async ValueTask<string> RunAsync(ActivityExecutionContext context)
    {
        await context.GetRequiredService<CodingService>().CloseAsync(Read(context, TaskId, nameof(TaskId)), context.CancellationToken);
        return "Done";
    }
}
