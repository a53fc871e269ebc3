using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Merging;

[Activity("AgentOS", "Merging", "Moves the branch to the tested commit, if the branch is still where it was tested, and records the merges.", DisplayName = "Land batch")]
[FlowNode("Done", "Waiting")]
public sealed class LandBatch : StepActivity
{
    [Input(DisplayName = "Batch", Description = "The id of the batch.", DefaultSyntax = "Variable")]
    public Input<string> BatchId { get; set; } = default!;

    [Output(Description = "How long to wait before the next look, as hours:minutes:seconds.")]
    public Output<string> Pause { get; set; } = default!;

    protected override async ValueTask<string> RunAsync(ActivityExecutionContext context)
    {
        var (queue, batch) = (context.GetRequiredService<MergeService>(), Read(context, BatchId, nameof(BatchId)));
        var outcome = await queue.LandAsync(batch, context.WorkflowExecutionContext.Id, context.CancellationToken);
        if (outcome == "Waiting") context.Set(Pause, await queue.PauseAsync(batch, context.CancellationToken));
        return outcome;
    }
}
