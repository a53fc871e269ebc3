using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Tasks;
using AgentOS.Studio.Tests.Mission;
using Microsoft.Playwright;
using Xunit;

namespace AgentOS.Studio.Tests.Agents;

public sealed class AgentsPageTests(MissionControlFixture mission) : IClassFixture<MissionControlFixture>
{
    [Fact]
    public async Task A_person_adds_pauses_resumes_and_removes_an_agent()
    {
        await using var visit = await mission.OpenAsync("/agents");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "New agent…" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await visit.ShowsAsync(".notice", "An agent needs a name.");
        await visit.Page.GetByLabel("Name").FillAsync("night-shift");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await visit.ShowsAsync(".agent[data-state=free]", "night-shift");

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Pause night-shift" }).ClickAsync();
        await visit.ShowsAsync(".agent[data-state=paused]", "night-shift");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Resume night-shift" }).ClickAsync();
        await visit.ShowsAsync(".agent[data-state=free]", "night-shift");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Remove night-shift…" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Remove", Exact = true }).ClickAsync();

        await visit[".agent"].Filter(new() { HasText = "night-shift" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        (await mission.Work.Agents.FindAsync("night-shift")).ShouldBeNull();
    }

    [Fact]
    public async Task Who_is_at_work_says_at_what_and_leads_there()
    {
        await using var visit = await mission.OpenAsync("/agents");
        var task = await mission.Work.TaskAsync(HostileText.Title, TaskState.InProgress);
        await mission.Work.SessionAsync(task);

        var link = visit[".agent[data-state=busy] a"].Filter(new() { HasText = HostileText.Title });
        (await link.GetAttributeAsync("href")).ShouldBe($"/tasks/{task.Id}");
        await HostileText.DidNothingAsync(visit);
    }

    [Fact]
    public async Task It_looks_right_in_both_themes_and_on_a_phone()
    {
        await mission.Work.SessionAsync(await mission.Work.TaskAsync("Show prices with tax in the basket", TaskState.InProgress));
        var paused = await mission.Work.Agents.CreateAsync("paused-one", AgentRole.Worker, "demo/model");
        await mission.Work.Agents.PauseAsync(paused.Id, true);
        foreach (var look in Look.All)
        {
            await using var visit = await mission.OpenAsync("/agents", look);
            await visit.ShowsAsync(".agent", "paused-one");
            await visit.PictureAsync("agents");
            await visit.FitsAsync();
            await visit.HasNoFaultsAsync();
        }
    }
}
