using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Planning;

[Activity("AgentOS", "Planning", "Waits until a task of the goal has ended.", DisplayName = "Wait for tasks")]
[FlowNode("Done")]
public sealed class WaitForTasks : WaitingActivity
{
    [Input(DisplayName = "Task", Description = "The id of the task or goal.", DefaultSyntax = "Variable")]
    public Input<string> TaskId { get; set; } = default!;

    protected override string Signal => Signals.TaskEnded;

    protected override async ValueTask<string?> LookAsync(ActivityExecutionContext context) =>
        await context.GetRequiredService<GoalService>().HasNewsAsync(StepActivity.Read(context, TaskId, nameof(TaskId)), context.CancellationToken) ? "Done" : null;
}
