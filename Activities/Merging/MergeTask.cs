using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Merging;

[Activity("AgentOS", "Merging", "Puts the task's commit into the merge queue of its repository and waits until it has landed or comes back.", DisplayName = "Merge")]
[FlowNode("Merged", "SentBack")]
public sealed class MergeTask : WaitingActivity
{
    [Input(DisplayName = "Task", Description = "The id of the task or goal.", DefaultSyntax = "Variable")]
    public Input<string> TaskId { get; set; } = default!;

    [Output(Description = "What to tell whoever works on the task next: why it does not go on.")]
    public Output<string> Feedback { get; set; } = default!;

    protected override string Signal => Signals.MergeDecided;

    protected override async ValueTask<string?> LookAsync(ActivityExecutionContext context)
    {
        var (outcome, feedback) = await context.GetRequiredService<MergeService>().SubmitAsync(
            StepActivity.Read(context, TaskId, nameof(TaskId)), context.CancellationToken);
        if (feedback is not null) context.Set(Feedback, feedback);
        return outcome;
    }
}
