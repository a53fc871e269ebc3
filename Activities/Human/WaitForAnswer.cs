using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Human;

[Activity("AgentOS", "Human", "Waits until a person has answered the question that the session asked.", DisplayName = "Wait for answer")]
[FlowNode("Done")]
public sealed class WaitForAnswer : WaitingActivity
{
    [Input(DisplayName = "Session", Description = "The id of the session.", DefaultSyntax = "Variable")]
    public Input<string> SessionId { get; set; } = default!;

    protected override string Signal => Signals.Answered;

    protected override async ValueTask<string?> LookAsync(ActivityExecutionContext context) =>
        await context.GetRequiredService<QuestionService>().AnswerAsync(StepActivity.Read(context, SessionId, nameof(SessionId)), context.CancellationToken)
            ? "Done"
            : null;
}
