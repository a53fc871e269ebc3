using AgentOS.Kernel.Workflows;
using AgentOS.Studio.Live;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Studio.Loop;

internal sealed record LoopView : LiveView<WorkflowOverview>
{
    public override Task<WorkflowOverview> ReadAsync(IServiceProvider services, CancellationToken cancellation) => services.GetRequiredService<ReadWorkflows>()(cancellation);

    public override bool IsConcerned(ChangeSet changes) => changes.Has("task", "goal", "merge");

    public override TimeSpan Rest => TimeSpan.FromSeconds(1);

    // The engine tells no page what it is at.
    public override TimeSpan? Every => TimeSpan.FromSeconds(5);
}
