using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Coding;

[Activity("AgentOS", "Coding", "Claims a free worker for the task; while all are busy, waits, the most urgent task first.", DisplayName = "Wait for a free coder")]
[FlowNode("Claimed", "Closed")]
public sealed class WaitForWorker : WaitingActivity
{
    [Input(DisplayName = "Task", Description = "The id of the task or goal.", DefaultSyntax = "Variable")]
    public Input<string> TaskId { get; set; } = default!;

    protected override string Signal => Signals.WorkerFree;

    protected override async ValueTask<string?> LookAsync(ActivityExecutionContext context) =>
        await context.GetRequiredService<CodingService>().ClaimWorkerAsync(
            StepActivity.Read(context, TaskId, nameof(TaskId)), context.WorkflowExecutionContext.Id, context.CancellationToken);
}
