using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Tasks;
using Microsoft.Playwright;
using Xunit;

namespace AgentOS.Studio.Tests.Mission;

public sealed class DesktopNewsTests(MissionControlFixture mission) : IClassFixture<MissionControlFixture>
{
    // What a browser without a desktop lacks.
    private const string Desktop =
        """
        window.told = [];
        window.Notification = class {
          static permission = 'default';
          static asked = 0;
          static async requestPermission() { this.asked++; return this.permission = 'granted'; }
          constructor(title, options) { Object.assign(this, options, { title }); document.documentElement.dataset.told = window.told.push(this); }
          close() { this.closed = true; }
        };
        """;

    [Fact]
    public async Task Who_asks_for_it_is_told_what_needs_a_person_and_a_click_leads_there()
    {
        await using var visit = await mission.SignInAsync();
        await visit.Page.AddInitScriptAsync(Desktop);
        await visit.GoAsync("/");
        var task = await mission.Work.TaskAsync("Show prices with tax", TaskState.InProgress);
        await mission.Work.Messages.SendAsync(new(MessageType.Question, "Which countries?") { TaskId = task.Id });
        await visit.ShowsAsync(".card", "Show prices with tax");
        (await visit.Page.EvaluateAsync<int>("told.length + Notification.asked")).ShouldBe(0, "nobody asked for it");

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Switch on desktop notifications" }).ClickAsync();
        await visit["[data-news=on] .news-on"].WaitForAsync();
        await mission.Work.Messages.SendAsync(new(MessageType.Question, HostileText.Whole) { TaskId = task.Id });
        await visit["[data-told='1']"].WaitForAsync();
        (await visit.Page.EvaluateAsync<string>("told[0].title")).ShouldBe("AgentOS needs you");
        (await visit.Page.EvaluateAsync<string>("told[0].body")).ShouldBe(HostileText.Whole[..300]);
        await visit.Page.EvaluateAsync("told[0].onclick()");
        await visit.Page.WaitForURLAsync($"**/tasks/{task.Id}");
        await visit.ShowsAsync("h1", "Show prices with tax");

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Switch off desktop notifications" }).ClickAsync();
        await mission.Work.DoAsync(await mission.Work.Tasks.GetAsync(task.Id), new TaskCommand.Block("No such country."));
        await visit.ShowsAsync(".chip", "Blocked");
        (await visit.Page.EvaluateAsync<int>("told.length")).ShouldBe(1);
        await HostileText.DidNothingAsync(visit);
    }
}
