using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Merging;

[Activity("AgentOS", "Merging", "Halves a batch that failed; a batch of one goes back to its task.", DisplayName = "Split batch")]
[FlowNode("Done")]
public sealed class SplitBatch : StepActivity
{
    [Input(DisplayName = "Batch", Description = "The id of the batch.", DefaultSyntax = "Variable")]
    public Input<string> BatchId { get; set; } = default!;

    protected override async ValueTask<string> RunAsync(ActivityExecutionContext context)
    {
        await context.GetRequiredService<MergeService>().SplitAsync(Read(context, BatchId, nameof(BatchId)), context.WorkflowExecutionContext.Id, context.CancellationToken);
        return "Done";
    }
}
