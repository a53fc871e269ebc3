using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace AgentOS.Studio.Tests.Mission;

/// <summary>A person on a page of Mission Control.</summary>
internal sealed class MissionVisit(Visit visit, Look look) : IAsyncDisposable
{
    // What a person with a disability would trip over; hints about best practice are not meant.
    private static readonly AxeRunOptions Axe = new() { RunOnly = new() { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } };

    public IPage Page => visit.Page;

    public string Path => visit.Path;

    /// <summary>Errors of the console, what the Content-Security-Policy refused among them.</summary>
    public IReadOnlyList<string> Errors => visit.Errors;

    public IReadOnlyList<string> Foreign => visit.Foreign;

    public ILocator this[string selector] => Page.Locator(selector);

    /// <summary>Opens a page and waits until its circuit is there.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(path);
        await LiveAsync();
    }

    public Task LiveAsync() => Page.Locator(".shell[data-live]").WaitForAsync();

    /// <summary>Reads text once it is what it should be: what the page shows comes a moment after what was done.</summary>
    public async Task ShowsAsync(string selector, string text) => await Page.Locator(selector, new() { HasText = text }).First.WaitForAsync();

    /// <summary>Sets filters, by their labels, before the server hears of the first.</summary>
    public Task ChooseAtOnceAsync(params (string Label, string Value)[] choices) => Page.EvaluateAsync(
        """
        choices => {
            for (const [label, value] of choices) {
                const field = document.querySelector(`[aria-label="${label}"]`);
                field.value = value;
                for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, { bubbles: true }));
            }
        }
        """, choices.Select(choice => new[] { choice.Label, choice.Value }).ToArray());

    public async Task HasNoFaultsAsync()
    {
        // A colour on its way is none that anyone reads. (What goes on for ever is a sign of life, no way.)
        await Page.EvaluateAsync("() => Promise.all(document.getAnimations().filter(animation => animation.effect?.getComputedTiming().endTime !== Infinity).map(animation => animation.finished.catch(() => {})))");
        var found = await Page.RunAxe(Axe);
        found.Violations.Select(fault => $"{fault.Impact} {fault.Id}: {string.Join(" | ", fault.Nodes.Take(5).Select(node => $"{node.Target} {node.Html} {node.Any.FirstOrDefault()?.Message}"))}").ShouldBeEmpty();
        visit.Errors.ShouldBeEmpty();
        visit.Foreign.ShouldBeEmpty();
    }

    /// <summary>Nothing is wider than the window: a phone does not scroll sideways.</summary>
    public async Task FitsAsync() =>
        (await Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - innerWidth")).ShouldBeLessThanOrEqualTo(0);

    /// <summary>A picture for a person to look at, where <c>AGENTOS_SCREENSHOTS</c> names a folder.</summary>
    public Task PictureAsync(string name) => visit.PictureAsync($"{name}-{look.Name}");

    public async ValueTask DisposeAsync() => await visit.DisposeAsync();
}
