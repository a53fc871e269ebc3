using AgentOS.Kernel.Health;
using AgentOS.Studio.Live;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Studio.Status;

public sealed record StatusReading(KernelHealth Kernel, EngineHealth Engine);

internal sealed record StatusView : LiveView<StatusReading>
{
    public override async Task<StatusReading> ReadAsync(IServiceProvider services, CancellationToken cancellation) =>
        new(await services.GetRequiredService<HealthStore>().ReadAsync(cancellation), await services.GetRequiredService<LookAtEngine>()(cancellation));

    public override bool IsConcerned(ChangeSet changes) => changes.Missed;

    public override TimeSpan? Every => TimeSpan.FromSeconds(3);
}

/// <summary>A look at the machine takes seconds, and changes seldom: who opens the page gets the last one that is a minute old at most.</summary>
internal sealed record MachineView : LiveView<MachineReading>
{
    public override async Task<MachineReading> ReadAsync(IServiceProvider services, CancellationToken cancellation) => new(await services.GetRequiredService<LookAtMachine>()(cancellation));

    public override bool IsConcerned(ChangeSet changes) => false;

    public override TimeSpan? Every => TimeSpan.FromMinutes(1);
}

public sealed record MachineReading(IReadOnlyList<Finding> Findings);
