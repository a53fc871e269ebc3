using Microsoft.Playwright;

namespace AgentOS.Studio.Tests.Designer;

/// <summary>What a person's hands do in the designer.</summary>
internal sealed class Canvas(IPage page)
{
    public ILocator Activity(string name) => page.Locator(".elsa-activity", new() { HasText = name }).First;

    public ILocator Edges => page.Locator(".x6-edge");

    /// <summary>How often an activity has run, as its node says in the viewer.</summary>
    public ILocator Badge(string name, int count) => Node(name).Locator($".mud-badge:text-is(\"{count}\")");

    public ILocator Field(string label) => page.Locator($".mud-input-control:has(label:text-is(\"{label}\")) input").First;

    /// <summary>Drags an activity from the palette to a place of the canvas.</summary>
    public async Task DragAsync(string category, string activity, float x, float y)
    {
        await page.Locator(".mud-expand-panel-header", new() { HasText = category }).First.ClickAsync();
        var card = page.Locator("[draggable=true]", new() { HasText = activity }).First;
        await card.WaitForAsync();
        await SettledAsync(card);
        await AutosavedAsync(() => card.DragToAsync(page.Locator(".graph-container"), new() { TargetPosition = new() { X = x, Y = y } }));
    }

    /// <summary>Draws a connection from the way out of one activity to the way in of another.</summary>
    public async Task ConnectAsync(string from, string to)
    {
        var (fromX, fromY) = await MiddleAsync(Node(from).Locator(".x6-port-out .x6-port-body").First);
        var (toX, toY) = await MiddleAsync(Node(to).Locator(".x6-port-in .x6-port-body").First);
        await AutosavedAsync(async () =>
        {
            await page.Mouse.MoveAsync(fromX, fromY);
            await page.Mouse.DownAsync();
            await page.Mouse.MoveAsync((fromX + toX) / 2, toY - 20, new() { Steps = 8 });
            await page.Mouse.MoveAsync(toX, toY, new() { Steps = 8 });
            await page.Mouse.UpAsync();
        });
    }

    public async Task TypeAsync(string label, string value) => await AutosavedAsync(async () =>
    {
        await Field(label).FillAsync(value);
        await Field(label).PressAsync("Tab");
    });

    /// <summary>Chooses JavaScript for the first input of the activity that is selected, and writes the script.</summary>
    public async Task WriteScriptAsync(string script)
    {
        await InputMenu().ClickAsync();
        var types = page.WaitForResponseAsync(response => response.Url.Contains("/type-definitions/", StringComparison.Ordinal));
        await page.Locator(".mud-popover-open").GetByText("JavaScript", new() { Exact = true }).ClickAsync();
        (await types).Ok.ShouldBeTrue();
        var editor = page.Locator(".monaco-editor[role=code]:visible, .monaco-editor:visible").First;
        await editor.ClickAsync();
        await page.Keyboard.PressAsync("Control+A");
        await AutosavedAsync(() => page.Keyboard.InsertTextAsync(script));
    }

    /// <summary>Goes where the selected activity's type leads, which is a workflow.</summary>
    public async Task OpenTypeAsync(string type)
    {
        await page.Locator(".mud-tab", new() { HasText = "Info" }).First.DispatchEventAsync("click");
        await page.GetByRole(AriaRole.Link, new() { Name = type, Exact = true }).ClickAsync();
    }

    public async Task ClickToolAsync(string icon) => await page.Locator($"button.mud-icon-button.mud-{icon}-text").First.ClickAsync();

    /// <summary>Makes an older version the latest again.</summary>
    public async Task RollBackAsync(int version)
    {
        await page.Locator(".mud-tab", new() { HasText = "Version history" }).First.DispatchEventAsync("click");
        var row = page.Locator($"tr:has(td:text-is(\"{version}\"))").First;
        await row.Locator("button").Last.ClickAsync();
        var reverted = page.WaitForResponseAsync(response => response.Url.EndsWith($"/revert/{version}", StringComparison.Ordinal));
        await page.Locator(".mud-popover-open").GetByText("Rollback to this version").ClickAsync();
        (await reverted).Status.ShouldBe(201);
    }

    /// <summary>Does something that the designer saves by itself, and waits for the save.</summary>
    public async Task AutosavedAsync(Func<Task> action)
    {
        var saved = page.WaitForResponseAsync(response => response.Request.Method == "POST" && response.Url.EndsWith("/workflow-definitions", StringComparison.Ordinal));
        await action();
        (await saved).Ok.ShouldBeTrue();
    }

    private ILocator Node(string name) => page.Locator(".x6-node", new() { HasText = name }).First;

    private ILocator InputMenu() => page.Locator(".mud-input-control:has(label:text-is(\"Text\"))").First.Locator("xpath=ancestor::*[.//button[contains(@class,'mud-menu-icon-button-activator')]][1]//button[contains(@class,'mud-menu-icon-button-activator')]").First;

    private static async Task<(float X, float Y)> MiddleAsync(ILocator locator)
    {
        var box = (await locator.BoundingBoxAsync())!;
        return (box.X + box.Width / 2, box.Y + box.Height / 2);
    }

    /// <summary>A panel that folds out moves what is in it: waits until it stands still.</summary>
    private static async Task SettledAsync(ILocator locator)
    {
        var before = await MiddleAsync(locator);
        while (true)
        {
            await locator.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
            var now = await MiddleAsync(locator);
            if (now == before) return;
            before = now;
        }
    }
}
