using Xunit;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(AgentOS.Studio.Tests.Browser))]

namespace AgentOS.Studio.Tests;

/// <summary>One Chromium for all tests; each opens a context, that is a profile with an empty cache, of its own.</summary>
public sealed class Browser : IAsyncLifetime
{
    // The shell has no windows, tabs and tool bars to draw, which cost more than the pages.
    private static readonly string[] Names = ["chromium-headless-shell", "chromium", "google-chrome", "chromium-browser"];

    // Nothing that Chromium does on its own account: no updates, no services of its maker.
    private static readonly string[] Quiet =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Find(), Args = Quiet });
    }

    public async Task<Visit> VisitAsync(string address, Action<BrowserNewContextOptions>? configure = null)
    {
        var options = new BrowserNewContextOptions { ViewportSize = new() { Width = 1440, Height = 900 }, BaseURL = address };
        configure?.Invoke(options);
        var context = await _browser!.NewContextAsync(options);
        context.SetDefaultTimeout(180_000);
        return new(context, await context.NewPageAsync(), address);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    private static string Find() =>
        Names.SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("Chromium is missing. Install it (Debian: apt-get install chromium-headless-shell).");
}
