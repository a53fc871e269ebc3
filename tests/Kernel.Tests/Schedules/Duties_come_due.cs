using AgentOS.Kernel.Schedules;

namespace AgentOS.Kernel.Tests.Schedules;

public sealed class Duties_come_due : KernelTest
{
    [Fact]
    public async Task once_over_all_nodes()
    {
        var schedule = await DueAsync();
        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Schedules.ClaimDueAsync(Token)));
        var claimed = claims.SelectMany(one => one).ShouldHaveSingleItem();
        claimed.Id.ShouldBe(schedule.Id);
        claimed.NextRun!.Value.ShouldBe(ScheduleStore.Next("*/5 * * * *", claimed.LastRun!.Value)!.Value);
    }

    [Fact]
    public async Task not_while_their_agent_is_paused_or_they_are_switched_off()
    {
        var schedule = await DueAsync();
        await Agents.PauseAsync(schedule.AgentId, true, Token);
        (await Schedules.ClaimDueAsync(Token)).ShouldBeEmpty();
        await Agents.PauseAsync(schedule.AgentId, false, Token);
        await Schedules.EnableAsync(schedule.Id, false, Token);
        (await Schedules.ClaimDueAsync(Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task at_once_when_a_person_asks_unless_nobody_would_do_it()
    {
        var schedule = await DueAsync();
        (await Schedules.ClaimDueAsync(Token)).ShouldHaveSingleItem();
        (await Schedules.ClaimDueAsync(Token)).ShouldBeEmpty();
        await Schedules.RunNowAsync(schedule.Id, Token);
        (await Schedules.ClaimDueAsync(Token)).ShouldHaveSingleItem().NextRun!.Value.ShouldBeGreaterThan(DateTimeOffset.UtcNow);

        await Schedules.EnableAsync(schedule.Id, false, Token);
        (await Should.ThrowAsync<RefusedException>(() => Schedules.RunNowAsync(schedule.Id, Token))).Message.ShouldContain("switched off");
        await Schedules.EnableAsync(schedule.Id, true, Token);
        await Agents.PauseAsync(schedule.AgentId, true, Token);
        (await Should.ThrowAsync<RefusedException>(() => Schedules.RunNowAsync(schedule.Id, Token))).Message.ShouldContain("paused");
        await Should.ThrowAsync<NotFoundException>(() => Schedules.RunNowAsync(Guid.NewGuid(), Token));
    }

    [Fact]
    public async Task never_when_their_expression_is_none()
    {
        var schedule = await DueAsync();
        await SqlAsync("UPDATE schedules SET cron_expression = 'sometimes'");
        (await Schedules.ClaimDueAsync(Token)).ShouldBeEmpty();
        (await Schedules.FindAsync(schedule.Id, Token))!.Enabled.ShouldBeFalse();
        await Should.ThrowAsync<RefusedException>(() => Schedules.EnsureAsync(schedule.AgentId, "sometimes", Token));
        await Should.ThrowAsync<RefusedException>(() => Schedules.EnsureAsync(schedule.AgentId, "0 0 31 2 *", Token));
    }

    [Theory]
    [InlineData("*/5 * * * *", "2026-01-01T10:05:00Z")]
    [InlineData("*/2 * * * *", "2026-01-01T10:04:00Z")]
    [InlineData("30 * * * * *", "2026-01-01T10:03:30Z")]
    public void at_the_next_slot(string cron, string next) =>
        ScheduleStore.Next(cron, DateTimeOffset.Parse("2026-01-01T10:03:00Z", null)).ShouldBe(DateTimeOffset.Parse(next, null));

    private async Task<Schedule> DueAsync()
    {
        var agent = (await TeamAsync())[0];
        var schedule = await Schedules.EnsureAsync(agent.Id, "*/5 * * * *", Token);
        (await Schedules.EnsureAsync(agent.Id, "*/5 * * * *", Token)).Id.ShouldBe(schedule.Id);
        (await Schedules.ClaimDueAsync(Token)).ShouldBeEmpty();
        await SqlAsync("UPDATE schedules SET next_run = now() - interval '1 day'");
        return schedule;
    }
}
