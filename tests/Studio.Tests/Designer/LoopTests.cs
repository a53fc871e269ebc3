using Xunit;
using System.Text.Json;
using AgentOS.Server.Tests;
using Microsoft.Playwright;

namespace AgentOS.Studio.Tests.Designer;

/// <summary>Studio on the whole server: signed in by the dashboard's link, with the loop's own workflows.</summary>
public sealed class LoopTests(ServerFixture server, Browser browser) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task The_loop_of_a_task_opens_in_the_designer_of_someone_who_came_by_the_dashboards_link()
    {
        await using var visit = await browser.VisitAsync(server.Url.GetLeftPart(UriPartial.Authority));
        var page = visit.Page;
        await page.GotoAsync(await LinkAsync());
        await page.GetByText("Give AgentOS a goal").WaitForAsync();
        visit.Path.ShouldBe("/");

        await page.GetByRole(AriaRole.Link, new() { Name = "Workflows" }).ClickAsync();
        await page.Locator("[data-definition=task]").GetByRole(AriaRole.Link, new() { Name = "Open in the designer" }).ClickAsync();
        await page.Locator(".elsa-activity", new() { HasText = "Run the checks" }).WaitForAsync();
        await page.Locator("[data-category=Coding]").WaitForAsync();
        (await page.Locator(".elsa-activity", new() { HasText = "Run the checks" }).EvaluateAsync<string>("node => getComputedStyle(node).getPropertyValue('--elsa-activity-accent')")).ShouldBe("#15803d");
        await visit.PictureAsync("task");

        visit.Path.ShouldBe("/studio/workflows/task");
        visit.Errors.ShouldBeEmpty();
        visit.Foreign.ShouldBeEmpty();
        (await page.EvaluateAsync<string>("document.cookie")).ShouldBeEmpty();
        (await page.ContentAsync()).ShouldNotContain(server.Token);
    }

    [Fact]
    public async Task Without_a_session_the_pages_say_how_to_get_one()
    {
        await using var visit = await browser.VisitAsync(server.Url.GetLeftPart(UriPartial.Authority));

        var response = await visit.Page.GotoAsync("/studio/workflows");

        response!.Status.ShouldBe(401);
        (await visit.Page.GetByText("agentos dashboard").CountAsync()).ShouldBe(1);
    }

    private async Task<string> LinkAsync()
    {
        using var owner = server.Owner();
        using var made = await owner.PostAsync(new Uri("/api/links", UriKind.Relative), null);
        return JsonElement.Parse(await made.Content.ReadAsStringAsync()).GetProperty("url").GetString()!;
    }
}
