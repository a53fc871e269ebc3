using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Models.Sessions;

[Activity("AgentOS", "Models", "Runs the next tool call of the session that has no answer yet.", DisplayName = "Run tool")]
[FlowNode("Ask", "Finished", "Blocked", "Question", "Approved", "Rejected")]
public sealed class RunTool : StepActivity
{
    [Input(DisplayName = "Session", Description = "The id of the session.", DefaultSyntax = "Variable")]
    public Input<string> SessionId { get; set; } = default!;

    [Output(Description = "What to tell whoever works on the task next: why it does not go on.")]
    public Output<string> Feedback { get; set; } = default!;

    [Output(Description = "Which tool was called with what, and what it answered.")]
    public Output<ToolStep> Step { get; set; } = default!;

    protected override async ValueTask<string> RunAsync(ActivityExecutionContext context)
    {
        var step = await context.GetRequiredService<SessionService>().RunToolAsync(Read(context, SessionId, nameof(SessionId)), context.CancellationToken);
        context.Set(Step, step);
        if (step.Feedback is not null) context.Set(Feedback, step.Feedback);
        return step.Outcome;
    }
}
