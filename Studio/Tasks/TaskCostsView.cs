using AgentOS.Kernel.ModelCalls;
using AgentOS.Studio.Live;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Studio.Tasks;

public sealed record TaskCosts(IReadOnlyList<StepCost> Steps, IReadOnlyList<ModelCall> Newest);

/// <summary>What a task's model calls cost.</summary>
internal sealed record TaskCostsView(Guid TaskId) : LiveView<TaskCosts>
{
    public const int Page = 50;

    public override async Task<TaskCosts> ReadAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var calls = services.GetRequiredService<ModelCallStore>();
        return new(await calls.CostOfTaskAsync(TaskId, cancellation), await calls.OfTaskAsync(TaskId, limit: Page, cancellation: cancellation));
    }

    public override bool IsConcerned(ChangeSet changes) => changes.HasTask(TaskId);
}
