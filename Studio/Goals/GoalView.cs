using AgentOS.Kernel.Database;
using AgentOS.Kernel.Goals;
using AgentOS.Studio.Live;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Studio.Goals;

/// <summary>A goal and all that is below it.</summary>
internal sealed record GoalView(Guid Id) : LiveView<GoalPage>
{
    // As of the last reading; a task that is new tells of the goal above it.
    private HashSet<Guid> _known = [];

    /// <exception cref="NotFoundException"/>
    public override async Task<GoalPage> ReadAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var page = await services.GetRequiredService<GoalStore>().ReadAsync(Id, cancellation) ?? throw new NotFoundException("goal", Id);
        _known = [Id, .. page.Tasks.Select(task => task.Id)];
        return page;
    }

    public override bool IsConcerned(ChangeSet changes) => changes.Missed || changes.Has("agent", "worker_free") || changes.Tasks.Any(_known.Contains);

    public bool Equals(GoalView? other) => other is not null && other.Id == Id;

    public override int GetHashCode() => Id.GetHashCode();
}
