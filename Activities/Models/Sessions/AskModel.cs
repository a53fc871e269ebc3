using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Models.Sessions;

[Activity("AgentOS", "Models", "Sends the session's transcript to its role's model. What it answers is recorded before anything is done with it.", DisplayName = "Ask model")]
[FlowNode("Tools", "Failed")]
public sealed class AskModel : StepActivity
{
    [Input(DisplayName = "Session", Description = "The id of the session.", DefaultSyntax = "Variable")]
    public Input<string> SessionId { get; set; } = default!;

    [Output(Description = "What to tell whoever works on the task next: why it does not go on.")]
    public Output<string> Feedback { get; set; } = default!;

    [Output(Description = "What the model said and which tools it calls.")]
    public Output<ModelStep> Step { get; set; } = default!;

    protected override async ValueTask<string> RunAsync(ActivityExecutionContext context)
    {
        var step = await context.GetRequiredService<SessionService>().AskAsync(Read(context, SessionId, nameof(SessionId)), context.CancellationToken);
        context.Set(Step, step);
        if (step.Failure is null) return "Tools";
        context.Set(Feedback, step.Failure);
        return "Failed";
    }
}
