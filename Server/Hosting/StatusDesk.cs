using AgentOS.Kernel.Health;

namespace AgentOS.Server.Hosting;

/// <summary>How this server is doing: what the kernel, the engine and a look at the machine say.</summary>
internal sealed class StatusDesk(ServerSettings settings, HealthStore health, LookAtEngine engine, LookAtMachine machine)
{
    public static void Add(IServiceCollection services) => services.AddSingleton<StatusDesk>()
        .AddSingleton<LookAtEngine>(provider => cancellation => EngineSetup.LookAsync(provider, cancellation))
        .AddSingleton<LookAtMachine>(provider =>
        {
            var settings = provider.GetRequiredService<ServerSettings>();
            return async cancellation => await new Diagnosis(settings).RunAsync(cancellation).ToListAsync(cancellation);
        });

    public async Task<ServerStatus> ReadAsync(CancellationToken cancellation)
    {
        var checks = machine(cancellation);
        var (known, workflows) = (await health.ReadAsync(cancellation), await engine(cancellation));
        var findings = await checks;
        return new(findings.All(finding => finding.Status != "failed"), AgentOSServer.Version, settings.Role, findings, known.Database, [.. known.Queues, .. workflows.Queues], workflows.Nodes, known.Models, known.Stalled);
    }
}

/// <param name="Role">The one role that this node works for; null: all.</param>
/// <param name="Checks">As <c>agentos doctor</c> finds them on the server's machine.</param>
internal sealed record ServerStatus(
    bool Ok, string Version, string? Role, IReadOnlyList<Finding> Checks, DatabaseHealth Database, IReadOnlyList<QueueDepth> Queues, IReadOnlyList<EngineNode> Nodes,
    IReadOnlyList<ModelHealth> Models, IReadOnlyList<StalledTask> Stalled);
