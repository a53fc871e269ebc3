using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Notifications;
using AgentOS.Kernel.Schedules;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests;

/// <summary>What the kernel tells is heard at once, not by the next heartbeat.</summary>
public sealed class DoorbellTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_duty_that_a_person_asks_for_is_done_although_no_heartbeat_runs()
    {
        // This node does no work of workflows: its heartbeat never beats.
        await using var server = new ServerFixture { Configure = settings => settings with { Role = "pages" } };
        await server.InitializeAsync();
        var (agents, schedules) = (server.App.Services.GetRequiredService<AgentStore>(), server.App.Services.GetRequiredService<ScheduleStore>());
        var agent = await agents.CreateAsync("night-shift", AgentRole.Worker, "demo/model");
        var duty = await schedules.EnsureAsync(agent.Id, "7 7 1 1 *");
        duty.LastRun.ShouldBeNull();

        await schedules.RunNowAsync(duty.Id);

        using var hints = server.App.Services.GetRequiredService<KernelNotifications>().Subscribe();
        using var limit = new CancellationTokenSource(Limit);
        while ((await schedules.FindAsync(duty.Id, limit.Token))!.LastRun is null || (await agents.FindAsync(agent.Id, limit.Token))!.LastHeartbeat is null)
            await hints.WaitAsync(TimeSpan.FromMilliseconds(200), limit.Token);
        (await schedules.FindAsync(duty.Id))!.NextRun.ShouldNotBeNull().ShouldBeGreaterThan(DateTimeOffset.UtcNow, "it is done once");
    }
}
