using AgentOS.Kernel;
using AgentOS.Kernel.Agents;
using AgentOS.Studio.Live;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Studio.Agents;

internal sealed record AgentsView : LiveView<ValueList<AgentGlance>>
{
    public override Task<ValueList<AgentGlance>> ReadAsync(IServiceProvider services, CancellationToken cancellation) => services.GetRequiredService<AgentStore>().TeamAsync(cancellation);

    public override bool IsConcerned(ChangeSet changes) => changes.Has("agent", "session", "worker_free", "schedule", "task");

    // Nothing tells of a heartbeat.
    public override TimeSpan? Every => TimeSpan.FromSeconds(10);
}
