using System.Text.Json;
using AgentOS.Server.Tests;
using Microsoft.Playwright;
using Xunit;

namespace AgentOS.Studio.Tests.Mission;

/// <summary>
/// The real server on a database of its own, whose data a test makes through the kernel; no agent works on it, so it stays as the test made it.
/// <c>IClassFixture&lt;MissionControlFixture&gt;</c>, then <see cref="OpenAsync"/>.
/// </summary>
public sealed class MissionControlFixture(Browser browser) : IAsyncLifetime
{
    private readonly ServerFixture _server = new() { Configure = settings => settings with { Role = "pages", Workers = 0 } };
    private KernelWork? _work;

    /// <summary>Makes goals, tasks, sessions, evidence, merges; and has every store of the server.</summary>
    internal KernelWork Work => _work!;

    internal ServerFixture Server => _server;

    public async ValueTask InitializeAsync()
    {
        await _server.InitializeAsync();
        _work = new(_server.App.Services);
        await _work.Agents.EnsureDefaultsAsync(3, _ => "demo/model");
    }

    /// <summary>The server ends and starts anew: at the same address, on the same data.</summary>
    internal async Task RestartAsync()
    {
        await _server.RestartAsync();
        _work = new(_server.App.Services);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>A signed-in browser on a page that is connected.</summary>
    internal async Task<MissionVisit> OpenAsync(string path, Look? look = null)
    {
        var visit = await SignInAsync(look);
        await visit.GoAsync(path);
        return visit;
    }

    /// <summary>A signed-in browser on an empty page.</summary>
    internal async Task<MissionVisit> SignInAsync(Look? look = null)
    {
        look ??= Look.Wide;
        var address = _server.Url.GetLeftPart(UriPartial.Authority);
        var visit = await browser.VisitAsync(address, context =>
        {
            context.ColorScheme = look.IsDark ? ColorScheme.Dark : ColorScheme.Light;
            context.ViewportSize = new() { Width = look.Width, Height = look.Height };
            context.HasTouch = look.Width < 600;
        });
        using var owner = _server.Owner();
        using var made = await owner.PostAsync("/api/links", null);
        var link = JsonElement.Parse(await made.Content.ReadAsStringAsync()).GetProperty("url").GetString()!;
        // The cookie only: where the link leads to is a page like the one that the test opens.
        using var opened = await _server.Anyone().GetAsync(link);
        var cookie = opened.Headers.GetValues("Set-Cookie").Single().Split(';')[0].Split('=', 2);
        await visit.Page.Context.AddCookiesAsync([new() { Name = cookie[0], Value = cookie[1], Url = address, HttpOnly = true, SameSite = SameSiteAttribute.Lax }]);
        return new(visit, look);
    }
}

/// <summary>What a page is looked at with.</summary>
internal sealed record Look(int Width, int Height, bool IsDark)
{
    public static readonly Look Wide = new(1280, 800, false);
    public static readonly Look WideDark = new(1280, 800, true);
    public static readonly Look Phone = new(390, 844, false);
    public static readonly Look PhoneDark = new(390, 844, true);

    public static readonly Look[] All = [Wide, WideDark, Phone, PhoneDark];

    public string Name => $"{Width}{(IsDark ? "-dark" : "")}";
}
