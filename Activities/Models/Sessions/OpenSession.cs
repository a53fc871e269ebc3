using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Models.Sessions;

[Activity("AgentOS", "Models", "Starts an agent's run on a task: its prompt, what it has to know, and its tools.", DisplayName = "Open session")]
[FlowNode("Done")]
public sealed class OpenSession : StepActivity
{
    [Input(Description = "The id of the task or goal.")]
    public Input<string> TaskId { get; set; } = default!;

    [Input(Description = "Whose run it is.", UIHint = "dropdown", Options = new[] { "orchestrator", "worker", "reviewer" })]
    public Input<string> Role { get; set; } = default!;

    [Input(Description = "What for: the prompt is chosen by it.", UIHint = "dropdown", Options = new[] { "plan", "code", "review", "goal-review" })]
    public Input<string> Purpose { get; set; } = default!;

    [Output(Description = "The id of the session.")]
    public Output<string> Result { get; set; } = default!;

    protected override async ValueTask<string> RunAsync(ActivityExecutionContext context)
    {
        var session = await context.GetRequiredService<SessionService>().OpenAsync(
            Read(context, TaskId, nameof(TaskId)), context.Get(Role) ?? "", context.Get(Purpose) ?? "", context.WorkflowExecutionContext.Id, context.CancellationToken);
        context.Set(Result, session.ToString());
        return "Done";
    }
}
