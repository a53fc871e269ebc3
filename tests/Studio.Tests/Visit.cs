using Microsoft.Playwright;

namespace AgentOS.Studio.Tests;

/// <summary>One person's browser window, and what went wrong in it.</summary>
public sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    internal Visit(IBrowserContext context, IPage page, string address)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) => { if (message.Type == "error") Errors.Add(message.Text); };
        page.PageError += (_, error) => Errors.Add(error);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(address, StringComparison.Ordinal) && new Uri(request.Url).Scheme is "http" or "https" or "ws" or "wss") Foreign.Add(request.Url);
        };
    }

    public IPage Page { get; }

    /// <summary>Errors of the console: also what the Content-Security-Policy refused.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>Requests to other hosts.</summary>
    public List<string> Foreign { get; } = [];

    public string Path => new Uri(Page.Url).AbsolutePath;

    /// <summary>A picture for a person to look at, where <c>AGENTOS_SCREENSHOTS</c> names a folder.</summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("AGENTOS_SCREENSHOTS") is { Length: > 0 } folder)
            await Page.ScreenshotAsync(new() { Path = System.IO.Path.Combine(folder, name + ".png") });
    }

    /// <summary>Leaves a picture of how it ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await PictureAsync($"last-{Path.Trim('/').Replace('/', '-')}");
        await _context.DisposeAsync();
    }
}
