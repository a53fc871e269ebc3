using Xunit;
using Microsoft.Playwright;

namespace AgentOS.Studio.Tests.Designer;

public sealed class DesignerTests(EngineServer server, Browser browser) : IClassFixture<EngineServer>
{
    [Fact]
    public async Task A_person_changes_a_workflow_runs_it_watches_it_fail_and_goes_back_to_the_version_before()
    {
        await server.SaveAsync("greeting", "Greeting", publish: true, ("Hello", "Elsa.WriteLine", "text", "Hello"), ("WaitForGo", "Elsa.Event", "eventName", "Go"));
        await using var visit = await browser.VisitAsync(server.Address);
        var page = visit.Page;
        var canvas = new Canvas(page);

        await page.GotoAsync("/studio/workflows");
        await page.GetByText("Greeting").First.ClickAsync();
        await canvas.Activity("WaitForGo").WaitForAsync();
        await canvas.DragAsync("Primitives", "Fault", 420, 300);
        await canvas.Activity("Fault1").WaitForAsync();
        await canvas.ConnectAsync("WaitForGo", "Fault1");
        (await canvas.Edges.CountAsync()).ShouldBe(2);
        await canvas.Activity("Fault1").ClickAsync(new() { Force = true });
        await canvas.TypeAsync("Message", "The paint is dry");
        await canvas.Activity("Hello").ClickAsync(new() { Force = true });
        await canvas.WriteScriptAsync("getWorkflowDefinitionId().toUpperCase()");
        await visit.PictureAsync("edited");

        await canvas.AutosavedAsync(() => canvas.ClickToolAsync("primary"));
        await page.GetByText("Workflow published").WaitForAsync();
        await canvas.ClickToolAsync("success");
        await page.WaitForURLAsync("**/studio/instances/*");
        await page.GetByText("Suspended").First.WaitForAsync();
        await visit.PictureAsync("waiting");
        visit.Errors.ShouldBeEmpty();

        await server.TriggerAsync("Go");
        await page.GetByText("Faulted").First.WaitForAsync();
        await page.Locator(".mud-timeline-item", new() { HasText = "Fault1" }).Last.ClickAsync();
        await page.GetByText("The paint is dry").First.WaitForAsync();
        await visit.PictureAsync("faulted");

        var instance = await server.GetAsync($"activity-executions/list?WorkflowInstanceId={visit.Path.Split('/')[^1]}");
        instance.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("activityId").GetString() == "Hello")
            .GetProperty("activityState").GetProperty("Text").GetString().ShouldBe("GREETING");

        await page.GetByText("greeting", new() { Exact = true }).First.ClickAsync();
        await canvas.Activity("Fault1").WaitForAsync();
        await canvas.RollBackAsync(version: 1);
        await canvas.Activity("Fault1").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await visit.PictureAsync("rolled-back");
        (await server.GetAsync("workflow-definitions/by-definition-id/greeting")).GetProperty("root").GetProperty("activities").GetArrayLength().ShouldBe(2);
        visit.Foreign.ShouldBeEmpty();
    }
}
