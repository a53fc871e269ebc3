using Xunit;

namespace AgentOS.Studio.Tests.Pages;

public sealed class MissionControlTests(RecordedServer server, Browser browser) : IClassFixture<RecordedServer>
{
    [Fact]
    public async Task Tasks_stand_in_the_column_of_their_state_with_the_way_to_their_steps()
    {
        await using var visit = await browser.VisitAsync(server.Address);
        await visit.Page.GotoAsync("/");

        await visit.Page.Locator("[data-state=review] .card").WaitForAsync();
        (await visit.Page.Locator("[data-state=review] .card h3").InnerTextAsync()).ShouldBe("Round half to even");
        (await visit.Page.Locator(".card .steps").GetAttributeAsync("href")).ShouldBe("/studio/instances/5a5fcf95058c68b8");
        await visit.PictureAsync("mission-control");
        visit.Foreign.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_model_wrote_is_text_and_nothing_else()
    {
        await using var visit = await browser.VisitAsync(server.Address);
        await visit.Page.GotoAsync("/");

        (await visit.Page.Locator(".goal h3").InnerTextAsync()).ShouldBe(RecordedServer.Hostile);
        (await visit.Page.Locator("#feed .text").First.InnerTextAsync()).ShouldBe(RecordedServer.Hostile);
        (await visit.Page.EvaluateAsync<bool>("'scripted' in window")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_script_that_got_into_the_page_all_the_same_does_not_run()
    {
        await using var visit = await browser.VisitAsync(server.Address);
        await visit.Page.GotoAsync("/");

        await visit.Page.EvaluateAsync("markup => { document.body.insertAdjacentHTML('beforeend', markup); const s = document.createElement('script'); s.textContent = 'window.scripted = 1'; document.body.append(s); }", RecordedServer.Hostile);

        visit.Errors.ShouldContain(error => error.Contains("Content Security Policy", StringComparison.Ordinal));
        (await visit.Page.EvaluateAsync<bool>("'scripted' in window")).ShouldBeFalse();
    }
}
