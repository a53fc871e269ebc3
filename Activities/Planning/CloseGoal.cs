using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Planning;

[Activity("AgentOS", "Planning", "The judge found the goal reached: ends it and tells the goal above.", DisplayName = "Close goal")]
[FlowNode("Done", "Replan")]
public sealed class CloseGoal : StepActivity
{
    [Input(DisplayName = "Task", Description = "The id of the task or goal.", DefaultSyntax = "Variable")]
    public Input<string> TaskId { get; set; } = default!;

    protected override async ValueTask<string> RunAsync(ActivityExecutionContext context) =>
        await context.GetRequiredService<GoalService>().CloseAsync(Read(context, TaskId, nameof(TaskId)), context.CancellationToken);
}
