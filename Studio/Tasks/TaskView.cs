using AgentOS.Kernel.Tasks;
using AgentOS.Studio.Live;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Studio.Tasks;

/// <param name="Overview">Null: there is no such task.</param>
public sealed record TaskReading(TaskOverview? Overview);

/// <summary>A task and what is around it.</summary>
internal sealed record TaskView(Guid Id) : LiveView<TaskReading>
{
    public override async Task<TaskReading> ReadAsync(IServiceProvider services, CancellationToken cancellation) =>
        new(await services.GetRequiredService<TaskStore>().OverviewAsync(Id, cancellation));

    public override TaskReading KeepFrom(TaskReading before, TaskReading now) =>
        before.Overview is { } shown && now.Overview is { } task ? new(task.KeepFrom(shown)) : now;

    public override bool IsConcerned(ChangeSet changes) => changes.HasTask(Id);
}
