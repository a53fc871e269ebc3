using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Merging;

[Activity("AgentOS", "Merging", "Takes the queued merges of a repository as one batch; only one workflow does so at a time.", DisplayName = "Take batch")]
[FlowNode("Taken", "Empty", "Busy")]
public sealed class TakeBatch : StepActivity
{
    [Input(DisplayName = "Repository", Description = "The id of the repository.", UIHint = "dropdown", UIHandler = typeof(RepositoryChoices))]
    public Input<string> RepositoryId { get; set; } = default!;

    [Output(Description = "The id of the batch.")]
    public Output<string> Result { get; set; } = default!;

    protected override async ValueTask<string> RunAsync(ActivityExecutionContext context)
    {
        var (outcome, batch) = await context.GetRequiredService<MergeService>().TakeAsync(
            Read(context, RepositoryId, nameof(RepositoryId)), context.WorkflowExecutionContext.Id, context.CancellationToken);
        context.Set(Result, batch?.ToString());
        return outcome;
    }
}
