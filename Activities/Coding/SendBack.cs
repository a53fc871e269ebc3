using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Coding;

[Activity("AgentOS", "Coding", "Gives the task back with feedback for another attempt; after the last one it is blocked and its planner is told.", DisplayName = "Send back")]
[FlowNode("Again", "GaveUp")]
public sealed class SendBack : StepActivity
{
    [Input(DisplayName = "Task", Description = "The id of the task or goal.", DefaultSyntax = "Variable")]
    public Input<string> TaskId { get; set; } = default!;

    [Input(DisplayName = "Session", Description = "The id of the last session on it: its attempt is the one that did not do.", DefaultSyntax = "Variable")]
    public Input<string> SessionId { get; set; } = default!;

    [Input(Description = "Why it goes back.", UIHint = "dropdown", Options = new[] { "no-changes", "checks", "verdict", "person", "merge" })]
    public Input<string> Reason { get; set; } = default!;

    [Input(Description = "What to do better, for the coder.", UIHint = "multi-line", DefaultSyntax = "Variable")]
    public Input<string> Feedback { get; set; } = default!;

    protected override async ValueTask<string> RunAsync(ActivityExecutionContext context)
    {
        return await context.GetRequiredService<CodingService>().SendBackAsync(
            Read(context, TaskId, nameof(TaskId)), Read(context, SessionId, nameof(SessionId)), context.Get(Reason) ?? "verdict", context.Get(Feedback) ?? "", context.CancellationToken);
    }
}
