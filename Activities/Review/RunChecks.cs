using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Review;

[Activity("AgentOS", "Review", "Runs the repository's own checks on the exact commit, in the sandbox, and keeps the result as evidence.", DisplayName = "Run checks")]
[FlowNode("Passed", "Failed")]
public sealed class RunChecks : StepActivity
{
    [Input(DisplayName = "Task", Description = "The id of the task or goal.", DefaultSyntax = "Variable")]
    public Input<string> TaskId { get; set; } = default!;

    [Output(Description = "What to tell whoever works on the task next: why it does not go on.")]
    public Output<string> Feedback { get; set; } = default!;

    protected override async ValueTask<string> RunAsync(ActivityExecutionContext context)
    {
        var (outcome, feedback) = await context.GetRequiredService<ReviewService>().RunChecksAsync(Read(context, TaskId, nameof(TaskId)), context.CancellationToken);
        if (feedback is not null) context.Set(Feedback, feedback);
        return outcome;
    }
}
