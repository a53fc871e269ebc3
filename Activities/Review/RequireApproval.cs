using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Review;

[Activity("AgentOS", "Review", "Waits for a person where a change needs one: the configuration of the checks, or what judges agents.", DisplayName = "Require approval")]
[FlowNode("Approved", "Rejected")]
public sealed class RequireApproval : WaitingActivity
{
    [Input(DisplayName = "Task", Description = "The id of the task or goal.", DefaultSyntax = "Variable")]
    public Input<string> TaskId { get; set; } = default!;

    [Output(Description = "What to tell whoever works on the task next: why it does not go on.")]
    public Output<string> Feedback { get; set; } = default!;

    protected override string Signal => Signals.Answered;

    protected override async ValueTask<string?> LookAsync(ActivityExecutionContext context)
    {
        var (outcome, feedback) = await context.GetRequiredService<ReviewService>().ApprovalAsync(
            StepActivity.Read(context, TaskId, nameof(TaskId)), context.CancellationToken);
        if (feedback is not null) context.Set(Feedback, feedback);
        return outcome;
    }
}
