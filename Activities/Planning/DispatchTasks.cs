using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Planning;

[Activity("AgentOS", "Planning", "Starts a workflow for every task of the goal whose dependencies are done.", DisplayName = "Dispatch tasks")]
[FlowNode("Waiting", "AllEnded", "Empty", "Replan")]
public sealed class DispatchTasks : StepActivity
{
    [Input(DisplayName = "Task", Description = "The id of the task or goal.", DefaultSyntax = "Variable")]
    public Input<string> TaskId { get; set; } = default!;

    [Output(Description = "What to tell whoever works on the task next: why it does not go on.")]
    public Output<string> Feedback { get; set; } = default!;

    protected override async ValueTask<string> RunAsync(ActivityExecutionContext context)
    {
        var (outcome, feedback) = await context.GetRequiredService<GoalService>().DispatchAsync(Read(context, TaskId, nameof(TaskId)), context.CancellationToken);
        if (feedback is not null) context.Set(Feedback, feedback);
        return outcome;
    }
}
