using AgentOS.Kernel.Tasks;
using AgentOS.Studio.Tests.Mission;
using Microsoft.Playwright;
using Xunit;

namespace AgentOS.Studio.Tests.Goals;

public sealed class GoalsPageTests(MissionControlFixture mission) : IClassFixture<MissionControlFixture>
{
    [Fact]
    public async Task The_board_leads_to_all_goals_and_its_columns_show_more()
    {
        for (var i = 1; i <= 12; i++) await mission.Work.GoalAsync($"Goal number {i}", repository: i > 10 ? "toolbox" : "webshop");
        await mission.Work.GoalAsync(HostileText.Title);
        var ended = await mission.Work.GoalAsync("Given up");
        await mission.Work.Tasks.CancelAsync(ended.Id, "a test cancelled it");
        for (var i = 1; i <= 31; i++) await mission.Work.TaskAsync($"Done number {i}", TaskState.Done);
        await using var visit = await mission.OpenAsync("/");
        await visit.ShowsAsync("[data-state=done] .card", "Done number 31");
        (await visit["[data-state=done] .card"].CountAsync()).ShouldBe(30);
        await visit["[data-state=done]"].GetByRole(AriaRole.Button, new() { Name = "Show more" }).ClickAsync();
        await visit["[data-state=done] .card"].Nth(30).WaitForAsync();

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "All 13 open goals" }).ClickAsync();
        await visit["h1:has-text('Goals')"].WaitForAsync();
        await visit["main .goal"].Nth(12).WaitForAsync();
        await HostileText.DidNothingAsync(visit);
        await visit.Page.GetByLabel("Repository").SelectOptionAsync("toolbox");
        await visit["main .goal"].Nth(2).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await visit.Page.GetByLabel("Repository").SelectOptionAsync("");
        await visit.Page.GetByLabel("State").SelectOptionAsync("ended");
        await visit.ShowsAsync("main .goal", "Given up");
        // Two wishes before the first is answered: both hold.
        await visit.ChooseAtOnceAsync(("State", "all"), ("Find by words of the title", "number 7"));
        await visit.ShowsAsync("main .goal", "Goal number 7");

        foreach (var look in Look.All)
        {
            await using var seen = await mission.OpenAsync("/goals", look);
            await seen.ShowsAsync("main .goal", "Goal number 12");
            await seen.PictureAsync("goals");
            await seen.FitsAsync();
            await seen.HasNoFaultsAsync();
        }

        // A phone does not zoom into a field that is large enough.
        await using var phone = await mission.OpenAsync("/agents", Look.Phone);
        await phone.Page.GetByRole(AriaRole.Button, new() { Name = "New agent…" }).ClickAsync();
        (await phone.Page.GetByLabel("Name").EvaluateAsync<string>("input => getComputedStyle(input).fontSize")).ShouldBe("16px");
    }
}
