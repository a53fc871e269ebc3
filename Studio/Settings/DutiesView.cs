using AgentOS.Kernel;
using AgentOS.Kernel.Schedules;
using AgentOS.Studio.Live;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Studio.Settings;

internal sealed record DutiesView : LiveView<ValueList<Schedule>>
{
    public override async Task<ValueList<Schedule>> ReadAsync(IServiceProvider services, CancellationToken cancellation) =>
        new(await services.GetRequiredService<ScheduleStore>().ListAsync(cancellation));

    public override bool IsConcerned(ChangeSet changes) => changes.Has("schedule", "agent");

    // Nothing tells of a duty that was done.
    public override TimeSpan? Every => TimeSpan.FromSeconds(15);
}
