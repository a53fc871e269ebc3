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
        // Its cause is still there: it faults once more.
        await page.GetByRole(AriaRole.Button, new() { Name = "Retry what failed" }).ClickAsync();
        await page.Locator(".mud-timeline-item:has-text('Fault1'):has-text('Faulted')").Nth(1).WaitForAsync();

        var instance = await server.GetAsync($"activity-executions/list?WorkflowInstanceId={visit.Path.Split('/')[^1]}");
        instance.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("activityId").GetString() == "Hello")
            .GetProperty("activityState").GetProperty("Text").GetString().ShouldBe("GREETING");

        // An address that names a step shows it.
        await page.GotoAsync($"{visit.Path}?step=Hello");
        await page.Locator("[data-step=Hello]").WaitForAsync();
        await page.GetByText("GREETING").First.WaitForAsync();
        await visit.PictureAsync("step");

        await page.GetByText("greeting", new() { Exact = true }).First.ClickAsync();
        await canvas.Activity("Fault1").WaitForAsync();
        await canvas.RollBackAsync(version: 1);
        await canvas.Activity("Fault1").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await visit.PictureAsync("rolled-back");
        (await server.GetAsync("workflow-definitions/by-definition-id/greeting")).GetProperty("root").GetProperty("activities").GetArrayLength().ShouldBe(2);
        visit.Foreign.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_person_uses_a_workflow_as_an_activity_of_another_and_looks_into_it()
    {
        await server.SaveAsync("painting", "Paint it", publish: false, ("Brush", "Elsa.WriteLine", "text", "painted"));
        await server.OfferAsync("painting", "Colour");
        await server.SaveAsync("house", "House", publish: true, ("Hello", "Elsa.WriteLine", "text", "Hello"));
        await using var visit = await browser.VisitAsync(server.Address);
        var page = visit.Page;
        var canvas = new Canvas(page);

        await page.GotoAsync("/studio/workflows/house");
        await canvas.Activity("Hello").WaitForAsync();
        await canvas.DragAsync("Workflows", "Paint it", 300, 380);
        await canvas.Activity("PaintIt1").WaitForAsync();
        await canvas.ConnectAsync("Hello", "PaintIt1");
        await canvas.Activity("PaintIt1").ClickAsync(new() { Force = true });
        await canvas.TypeAsync("Colour", "green");
        await visit.PictureAsync("workflow-as-activity");

        // The designer changes a workflow where it is kept, and so opens that one.
        await canvas.OpenTypeAsync("PaintIt");
        await canvas.Activity("Brush").WaitForAsync();
        visit.Path.ShouldBe("/studio/workflows/painting");
        await page.GoBackAsync();
        await canvas.Activity("PaintIt1").WaitForAsync();
        await canvas.AutosavedAsync(() => canvas.ClickToolAsync("primary"));
        await page.GetByText("Workflow published").WaitForAsync();
        await canvas.ClickToolAsync("success");
        await page.WaitForURLAsync("**/studio/instances/*");

        // What it did is looked at in its place.
        await page.Locator(".mud-timeline-item:has-text('PaintIt1'):has-text('Completed')").WaitForAsync();
        await canvas.Badge("PaintIt1", 1).WaitForAsync();
        await canvas.Activity("PaintIt1").DblClickAsync(new() { Force = true });
        await canvas.Badge("Brush", 1).WaitForAsync();
        await page.Locator(".mud-breadcrumbs", new() { HasText = "PaintIt1" }).WaitForAsync();
        await canvas.Activity("Brush").ClickAsync(new() { Force = true });
        await page.GetByText("painted").First.WaitForAsync();
        // Studio has names for its journal from the workflow that was opened alone: what is inside of another it calls by its type.
        await page.Locator(".mud-timeline-item:has(:text-is('Write Line')):has-text('Completed')").WaitForAsync();
        await visit.PictureAsync("inside-an-activity");

        var ran = await server.GetAsync($"activity-executions/list?WorkflowInstanceId={visit.Path.Split('/')[^1]}");
        ran.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("activityName").GetString() == "PaintIt1").GetProperty("activityState").GetProperty("Colour").GetString().ShouldBe("green");
        visit.Errors.ShouldBeEmpty();
        visit.Foreign.ShouldBeEmpty();
    }
}
