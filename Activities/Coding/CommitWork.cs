using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Coding;

[Activity("AgentOS", "Coding", "Makes one commit of what the coder changed, frees the worker and hands the task to the judge.", DisplayName = "Commit")]
[FlowNode("Committed", "NoChanges")]
public sealed class CommitWork : StepActivity
{
    [Input(DisplayName = "Task", Description = "The id of the task or goal.", DefaultSyntax = "Variable")]
    public Input<string> TaskId { get; set; } = default!;

    [Input(DisplayName = "Session", Description = "The id of the session.", DefaultSyntax = "Variable")]
    public Input<string> SessionId { get; set; } = default!;

    [Output(Description = "What to tell whoever works on the task next: why it does not go on.")]
    public Output<string> Feedback { get; set; } = default!;

    protected override async ValueTask<string> RunAsync(ActivityExecutionContext context)
    {
        var (outcome, feedback) = await context.GetRequiredService<CodingService>().CommitAsync(
            Read(context, TaskId, nameof(TaskId)), Read(context, SessionId, nameof(SessionId)), context.CancellationToken);
        if (feedback is not null) context.Set(Feedback, feedback);
        return outcome;
    }
}
