using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Coding;

[Activity("AgentOS", "Coding", "Makes the private clone in which the task is coded, or finds the one it has.", DisplayName = "Prepare workspace")]
[FlowNode("Ready", "Failed")]
public sealed class PrepareWorkspace : StepActivity
{
    [Input(DisplayName = "Task", Description = "The id of the task or goal.", DefaultSyntax = "Variable")]
    public Input<string> TaskId { get; set; } = default!;

    [Output(Description = "What to tell whoever works on the task next: why it does not go on.")]
    public Output<string> Feedback { get; set; } = default!;

    protected override async ValueTask<string> RunAsync(ActivityExecutionContext context)
    {
        var (outcome, feedback) = await context.GetRequiredService<CodingService>().PrepareWorkspaceAsync(Read(context, TaskId, nameof(TaskId)), context.CancellationToken);
        if (feedback is not null) context.Set(Feedback, feedback);
        return outcome;
    }
}
