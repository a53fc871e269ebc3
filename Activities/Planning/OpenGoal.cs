using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Planning;

[Activity("AgentOS", "Planning", "Takes a goal up for this workflow; one that has ended already is left alone.", DisplayName = "Open goal")]
[FlowNode("Open", "Closed")]
public sealed class OpenGoal : StepActivity
{
    [Input(DisplayName = "Task", Description = "The id of the task or goal.", DefaultSyntax = "Variable")]
    public Input<string> TaskId { get; set; } = default!;

    [Output(Description = "The id of the goal.")]
    public Output<string> Result { get; set; } = default!;

    protected override async ValueTask<string> RunAsync(ActivityExecutionContext context)
    {
        var id = Read(context, TaskId, nameof(TaskId));
        context.Set(Result, id.ToString());
        return await context.GetRequiredService<GoalService>().OpenAsync(id, context.WorkflowExecutionContext.Id, context.CancellationToken);
    }
}
