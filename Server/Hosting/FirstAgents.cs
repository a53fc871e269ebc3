using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Schedules;

namespace AgentOS.Server.Hosting;

/// <summary>Sees at every start to the agents and heartbeats that the loop needs; what a person changed stays.</summary>
internal sealed class FirstAgents(AgentStore agents, ScheduleStore schedules, ServerSettings settings) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // The model is the role's of llm.yaml until someone gives the agent one of its own.
        foreach (var agent in await agents.EnsureDefaultsAsync(settings.Workers, role => role.Word(), cancellationToken))
        {
            var cron = agent.Role == AgentRole.Worker ? "*/2 * * * *" : "*/5 * * * *";
            if ((await schedules.ListAsync(cancellationToken)).TrueForAll(s => s.AgentId != agent.Id)) await schedules.EnsureAsync(agent.Id, cron, cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
