using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Schedules;
using AgentOS.Kernel.Webhooks;
using AgentOS.Studio.Tests.Mission;
using AgentOS.Testing.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;

namespace AgentOS.Studio.Tests.Settings;

public sealed class SettingsPageTests(MissionControlFixture mission) : IClassFixture<MissionControlFixture>
{
    [Fact]
    public async Task Models_show_whether_they_have_a_key_and_answer_a_ping()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Text(HostileText.Whole));
        await File.WriteAllTextAsync(mission.Server.App.Services.GetRequiredService<AgentOS.Server.Hosting.DataFolder>().LlmFile, $$"""
            providers:
              here: { base_url: "{{model.Url}}", models: [ { name: quick, input: 1, output: 2 } ] }
              elsewhere: { base_url: "https://models.example/v1", api_key: "${NO_SUCH_KEY_IS_SET}", models: [ big ] }
            roles: { worker: { primary: here/quick, fallback: big }, reviewer: { primary: here/quick }, orchestrator: { primary: here/quick }, heartbeat: { primary: here/quick } }
            """);
        await using var visit = await mission.OpenAsync("/settings");
        await visit.ShowsAsync("[data-provider=elsewhere] .key", "key absent");
        await visit.ShowsAsync(".problems", "NO_SUCH_KEY_IS_SET is not set");

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Ping here/quick" }).ClickAsync();
        await visit.ShowsAsync(".ping[data-ok]", "Answers in");
        await visit.ShowsAsync(".ping[data-ok]", HostileText.All[0]);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Ping elsewhere/big" }).ClickAsync();
        await visit.ShowsAsync(".ping:not([data-ok])", "NO_SUCH_KEY_IS_SET is not set");
        await HostileText.DidNothingAsync(visit);
    }

    [Fact]
    public async Task A_duty_is_set_switched_off_and_run()
    {
        var agent = await mission.Work.Agents.CreateAsync("night-shift", AgentRole.Worker, "demo/model");
        var schedules = mission.Work.Get<ScheduleStore>();
        var duty = await schedules.EnsureAsync(agent.Id, "7 7 * * *");
        var row = $"li[data-id='{duty.Id}']";
        await using var visit = await mission.OpenAsync("/settings?part=duties");

        await visit[row].GetByRole(AriaRole.Button, new() { Name = "Edit…" }).ClickAsync();
        await visit.Page.GetByLabel("Minute, hour").FillAsync("0 8 * *");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Set", Exact = true }).ClickAsync();
        await visit.ShowsAsync(".notice", "Give five fields");
        await visit.Page.GetByLabel("Minute, hour").FillAsync("0 8 * * *");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Set", Exact = true }).ClickAsync();
        await visit.ShowsAsync($"{row} code", "0 8 * * *");

        await visit[row].GetByRole(AriaRole.Button, new() { Name = "Run now" }).ClickAsync();
        await visit.ShowsAsync(".notice", "night-shift is at it.");
        await visit[row].GetByRole(AriaRole.Button, new() { Name = "Switch off" }).ClickAsync();
        await visit.ShowsAsync($"{row} .next", "switched off");
        (await schedules.FindAsync(duty.Id))!.Enabled.ShouldBeFalse();
    }

    [Fact]
    public async Task A_webhook_is_added_tested_and_removed()
    {
        await using var visit = await mission.OpenAsync("/settings?part=webhooks");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Add one" }).ClickAsync();
        await visit.Page.GetByLabel("Address", new() { Exact = true }).FillAsync("somewhere");
        await visit.Page.GetByRole(AriaRole.Checkbox, new() { Name = "merged" }).UncheckAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await visit.ShowsAsync(".notice", "takes an address like");
        await visit.Page.GetByLabel("Address", new() { Exact = true }).FillAsync("http://127.0.0.1:1/secret-path");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        var added = visit["main li"].Filter(new() { HasText = "127.0.0.1:1" });
        (await added.InnerTextAsync()).ShouldSatisfyAllConditions(said => said.ShouldContain("needs you, blocked, budget, goal reached"), said => said.ShouldNotContain("secret-path"));
        (await visit[".secret code"].InnerTextAsync()).Length.ShouldBe(64);

        await added.GetByRole(AriaRole.Button, new() { Name = "Test http" }).ClickAsync();
        await visit.ShowsAsync(".notice", "It cannot be reached");
        await added.GetByRole(AriaRole.Button, new() { Name = "Remove http" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Remove", Exact = true }).ClickAsync();
        await added.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        visit.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_browser_that_is_signed_out_loses_its_page_at_once()
    {
        await using var mine = await mission.OpenAsync("/settings?part=browsers");
        await using var other = await mission.OpenAsync("/");
        await mine["li:not([data-mine])"].First.WaitForAsync();
        (await mine["li[data-mine]"].CountAsync()).ShouldBe(1);

        await mine.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out all others" }).ClickAsync();

        await other.Page.GetByText("This browser has no session").WaitForAsync();
        await mine["li:not([data-mine])"].First.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await mine.GoAsync("/settings?part=browsers");
    }

    [Fact]
    public async Task They_look_right_in_both_themes_and_on_a_phone()
    {
        await mission.Work.Get<WebhookStore>().AddAsync(NewWebhook.Of("https://hooks.example/here", null, null, null));
        foreach (var look in Look.All)
        {
            await using var visit = await mission.SignInAsync(look);
            foreach (var (part, shows) in ((string, string)[])[("", "section table"), ("duties", "main li"), ("webhooks", "main li"), ("browsers", "li[data-mine]"), ("configuration", "dl div")])
            {
                await visit.GoAsync($"/settings?part={part}");
                await visit[shows].First.WaitForAsync();
                await visit.PictureAsync($"settings-{part}");
                await visit.FitsAsync();
                await visit.HasNoFaultsAsync();
            }
        }
    }
}
