using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Planning;

[Activity("AgentOS", "Planning", "Gives the goal back to its planner with what was learnt; after the last attempt it is blocked.", DisplayName = "Plan again")]
[FlowNode("Again", "GaveUp")]
public sealed class PlanAgain : StepActivity
{
    [Input(DisplayName = "Task", Description = "The id of the task or goal.", DefaultSyntax = "Variable")]
    public Input<string> TaskId { get; set; } = default!;

    [Input(Description = "What is missing.", UIHint = "multi-line", DefaultSyntax = "Variable")]
    public Input<string> Feedback { get; set; } = default!;

    protected override async ValueTask<string> RunAsync(ActivityExecutionContext context)
    {
        return await context.GetRequiredService<GoalService>().PlanAgainAsync(
            Read(context, TaskId, nameof(TaskId)), context.Get(Feedback) ?? "", context.CancellationToken);
    }
}
