using AgentOS.Kernel.ModelCalls;
using AgentOS.Studio.Live;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Studio.Costs;

/// <summary>What models cost in the last days, looked at from each side.</summary>
public sealed record CostReport(IReadOnlyList<Cost> Days, IReadOnlyList<Cost> Goals, IReadOnlyList<Cost> Agents, IReadOnlyList<Cost> Models, IReadOnlyList<Cost> Repositories);

internal sealed record CostsView(int Days) : LiveView<CostReport>
{
    /// <summary>Rows of one table.</summary>
    public const int Most = 50;

    public override async Task<CostReport> ReadAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var sides = await services.GetRequiredService<CostStore>().SidesAsync(Days, Most, cancellation);
        return new(sides[CostBy.Day], sides[CostBy.Goal], sides[CostBy.Agent], sides[CostBy.Model], sides[CostBy.Repository]);
    }

    public override bool IsConcerned(ChangeSet changes) => changes.Has("session", "goal", "task");

    public override TimeSpan Rest => TimeSpan.FromSeconds(2);
}
