using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Merging;

[Activity("AgentOS", "Merging", "Merges the batch onto the tip of the branch, in memory, and runs the checks on exactly what would land.", DisplayName = "Test batch")]
[FlowNode("Passed", "Failed")]
public sealed class TestBatch : StepActivity
{
    [Input(Description = "The id of the batch.")]
    public Input<string> BatchId { get; set; } = default!;

    protected override async ValueTask<string> RunAsync(ActivityExecutionContext context)
    {
        return await context.GetRequiredService<MergeService>().TestAsync(Read(context, BatchId, nameof(BatchId)), context.WorkflowExecutionContext.Id, context.CancellationToken);
    }
}
