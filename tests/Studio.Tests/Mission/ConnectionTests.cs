using Microsoft.Playwright;
using Xunit;

namespace AgentOS.Studio.Tests.Mission;

public sealed class ConnectionTests(MissionControlFixture mission) : IClassFixture<MissionControlFixture>
{
    [Fact]
    public async Task An_open_page_goes_on_by_itself_after_the_server_was_started_anew()
    {
        await using var visit = await mission.OpenAsync("/?find=after+the+restart");

        await mission.RestartAsync();
        await mission.Work.TaskAsync("After the restart");

        await visit.ShowsAsync(".card", "After the restart");
        await visit.LiveAsync();
        visit.Path.ShouldBe("/");
    }

    [Fact]
    public async Task A_page_that_has_no_session_any_more_gets_no_circuit()
    {
        await using var visit = await mission.OpenAsync("/");
        await visit.Page.Context.ClearCookiesAsync();

        var refused = await visit.Page.RunAndWaitForResponseAsync(() => visit.Page.ReloadAsync(), response => response.Request.IsNavigationRequest);
        refused.Status.ShouldBe(401);
    }

    [Fact]
    public async Task The_policy_lets_nothing_run_or_load_that_is_not_the_products()
    {
        await using var visit = await mission.OpenAsync("/");
        var policy = (await (await visit.Page.GotoAsync("/"))!.AllHeadersAsync())["content-security-policy"];
        policy.ShouldStartWith("default-src 'none'");
        policy.Split("; ").Single(part => part.StartsWith("script-src", StringComparison.Ordinal)).ShouldMatch("^script-src 'nonce-[A-Za-z0-9+/]{24}'$");
        policy.Split("; ").ShouldContain("style-src 'self'");
        policy.ShouldNotContain("http");

        await visit.LiveAsync();
        await visit.Page.EvaluateAsync("markup => { document.body.insertAdjacentHTML('beforeend', markup); const s = document.createElement('script'); s.textContent = 'window.scripted = 1'; document.body.append(s); }", HostileText.All[1]);
        (await visit.Page.EvaluateAsync<bool>("'scripted' in window")).ShouldBeFalse();
        visit.Errors.ShouldContain(error => error.Contains("Content Security Policy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task On_a_phone_the_pages_are_in_a_drawer()
    {
        await using var visit = await mission.OpenAsync("/", Look.Phone);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Menu" }).ClickAsync();
        await visit.PictureAsync("drawer");
        await visit.Page.GetByRole(AriaRole.Navigation, new() { Name = "Menu" }).GetByRole(AriaRole.Link, new() { Name = "Activity" }).ClickAsync();

        await visit.Page.WaitForURLAsync("**/activity");
        await visit[".drawer"].WaitForAsync(new() { State = WaitForSelectorState.Hidden });
    }

    [Fact]
    public async Task The_first_link_leads_past_the_header()
    {
        await using var visit = await mission.OpenAsync("/activity");
        (await visit.Page.EvaluateAsync<string>("() => document.querySelector('a, button, input, select').textContent")).ShouldBe("Skip to content");

        await visit[".skip"].FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit["main:focus"].WaitForAsync();
        visit.Path.ShouldBe("/activity");
    }
}
