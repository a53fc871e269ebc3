using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Models.Sessions;

[Activity("AgentOS", "Models", "Starts an agent's run on a task: its prompt, what it has to know, and its tools.", DisplayName = "Open session")]
[FlowNode("Done")]
public sealed class OpenSession : StepActivity
{
    [Input(DisplayName = "Task", Description = "The id of the task or goal.", DefaultSyntax = "Variable")]
    public Input<string> TaskId { get; set; } = default!;

    [Input(Description = "Whose run it is, and so which model is asked.", UIHint = "dropdown", UIHandler = typeof(RoleChoices))]
    public Input<string> Role { get; set; } = default!;

    [Input(Description = "What for: the prompt is chosen by it.", UIHint = "dropdown", UIHandler = typeof(PurposeChoices))]
    public Input<string> Purpose { get; set; } = default!;

    [Input(Description = "Which model is asked, in place of the role's; what a person chose for the goal counts before it.", UIHint = "dropdown", UIHandler = typeof(ModelChoices), Category = "Advanced")]
    public Input<string?> Model { get; set; } = default!;

    [Input(Description = "What the agent is told besides its prompt.", UIHint = "code-editor", Category = "Advanced")]
    public Input<string?> Instructions { get; set; } = default!;

    [Output(Description = "The id of the session.")]
    public Output<string> Result { get; set; } = default!;

    protected override async ValueTask<string> RunAsync(ActivityExecutionContext context)
    {
        var session = await context.GetRequiredService<SessionService>().OpenAsync(
            Read(context, TaskId, nameof(TaskId)), context.Get(Role) ?? "", context.Get(Purpose) ?? "", context.WorkflowExecutionContext.Id, new(context.Get(Model), context.Get(Instructions)), context.CancellationToken);
        context.Set(Result, session.ToString());
        return "Done";
    }
}
