using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Merging;

[Activity("AgentOS", "Merging", "Moves the branch to the tested commit, if the branch is still where it was tested, and records the merges.", DisplayName = "Land batch")]
[FlowNode("Done", "Waiting")]
public sealed class LandBatch : StepActivity
{
    [Input(Description = "The id of the batch.")]
    public Input<string> BatchId { get; set; } = default!;

    protected override async ValueTask<string> RunAsync(ActivityExecutionContext context)
    {
        return await context.GetRequiredService<MergeService>().LandAsync(Read(context, BatchId, nameof(BatchId)), context.WorkflowExecutionContext.Id, context.CancellationToken);
    }
}
