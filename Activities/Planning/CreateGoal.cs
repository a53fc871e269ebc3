using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Planning;

[Activity("AgentOS", "Planning", "Makes a goal of what was posted: repository, title, description, budget.", DisplayName = "Create goal")]
[FlowNode("Created", "Invalid")]
public sealed class CreateGoal : StepActivity
{
    [Input(DisplayName = "What was posted", DefaultSyntax = "Variable", Description = "The posted JSON object: goal, repository, description?, budget_usd?, workers?.")]
    public Input<object?> Body { get; set; } = default!;

    [Output(Description = "The id of the goal.")]
    public Output<string> Result { get; set; } = default!;

    [Output(Description = "The answer to the caller: the goal, or a problem document.")]
    public Output<object> Response { get; set; } = default!;

    protected override async ValueTask<string> RunAsync(ActivityExecutionContext context)
    {
        var (id, response) = await context.GetRequiredService<GoalService>().CreateAsync(
            context.Get(Body), context.WorkflowExecutionContext.Id, context.CancellationToken);
        context.Set(Response, response);
        if (id is null) return "Invalid";
        context.WorkflowExecutionContext.CorrelationId = Signals.Correlation(id.Value);
        context.Set(Result, id.ToString());
        return "Created";
    }
}
