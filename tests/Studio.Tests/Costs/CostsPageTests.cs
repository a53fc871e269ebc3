using AgentOS.Kernel.Agents;
using AgentOS.Kernel.ModelCalls;
using AgentOS.Kernel.Tasks;
using AgentOS.Studio.Tests.Mission;
using Microsoft.Playwright;
using Xunit;

namespace AgentOS.Studio.Tests.Costs;

public sealed class CostsPageTests(MissionControlFixture mission) : IClassFixture<MissionControlFixture>
{
    private KernelWork Work => mission.Work;

    [Fact]
    public async Task What_was_spent_is_seen_from_every_side_and_goes_on_by_itself()
    {
        var goal = await Work.GoalAsync("Show prices with tax in every country", 2);
        var hostile = await Work.GoalAsync(HostileText.Title, repository: "toolbox");
        await CallAsync(goal, 1.7m);
        await CallAsync(hostile, 0.25m);
        await using var visit = await mission.OpenAsync("/costs");
        await visit.ShowsAsync(".sums", "$1.95");
        await visit.ShowsAsync($"tr[data-key='{goal.Id}']", "$1.70 of $2.00");
        await visit.ShowsAsync("tr[data-key='toolbox']", "$0.25");
        await visit.ShowsAsync("tr[data-key='p/m']", "20,000");
        await visit.ShowsAsync($"tr[data-key='{hostile.Id}']", HostileText.All[0]);
        (await visit["svg .bar"].CountAsync()).ShouldBe(30);

        await CallAsync(goal, 0.1m);
        await visit.ShowsAsync(".sums", "$2.05");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "7 days" }).ClickAsync();
        await visit["svg .bar"].Nth(7).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        (await visit["svg .bar"].CountAsync()).ShouldBe(7);
        await HostileText.DidNothingAsync(visit);

        foreach (var look in Look.All)
        {
            await using var seen = await mission.OpenAsync("/costs", look);
            await seen.ShowsAsync(".sums", "$2.05");
            await seen.PictureAsync("costs");
            await seen.FitsAsync();
            await seen.HasNoFaultsAsync();
        }
    }

    private async Task CallAsync(AgentTask goal, decimal cost)
    {
        var planner = (await Work.Agents.ListAsync(AgentRole.Orchestrator))[0];
        var session = await Work.Sessions.OpenAsync(new(AgentRole.Orchestrator, "plan", goal.Id) { AgentId = planner.Id });
        var call = (await Work.Calls.StartAsync(new($"{Guid.NewGuid()}", "p", "m", "{}", cost) { SessionId = session.Id })).ShouldBeOfType<ModelCallStart.Started>().Call;
        await Work.Calls.FinishAsync(call.Id, new("{}", 10_000, 500, cost) { CachedInputTokens = 4000 });
    }
}
