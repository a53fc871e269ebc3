using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Activities.Heartbeat;

[Activity("AgentOS", "Heartbeat", "Does what the heartbeat of a schedule's role is for: finds work that was left lying.", DisplayName = "Do duty")]
[FlowNode("Done")]
public sealed class RunDuty : StepActivity
{
    [Input(DisplayName = "Schedule", Description = "The id of the schedule.", DefaultSyntax = "Variable")]
    public Input<string> ScheduleId { get; set; } = default!;

    [Output(Description = "What was found and done.")]
    public Output<DutyReport> Report { get; set; } = default!;

    protected override async ValueTask<string> RunAsync(ActivityExecutionContext context)
    {
        context.Set(Report, await context.GetRequiredService<Duties>().RunAsync(Read(context, ScheduleId, nameof(ScheduleId)), context.CancellationToken));
        return "Done";
    }
}
