using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Heartbeat;

[Activity("AgentOS", "Heartbeat", "Claims the schedules that are due, so that no other node does their duty too.", DisplayName = "Claim schedules")]
[FlowNode("Done")]
public sealed class ClaimSchedules : StepActivity
{
    [Output(Description = "The ids of the claimed schedules.")]
    public Output<ICollection<object>> Result { get; set; } = default!;

    protected override async ValueTask<string> RunAsync(ActivityExecutionContext context)
    {
        var due = await context.GetRequiredService<Duties>().ClaimAsync(context.CancellationToken);
        context.Set(Result, [.. due.Select(object (id) => id.ToString())]);
        return "Done";
    }
}
