using AgentOS.Kernel.Access;
using AgentOS.Kernel.Database;
using AgentOS.Server.Hosting.Access;

namespace AgentOS.Server.Api;

/// <summary>Browsers that are signed in, and the owner's token.</summary>
internal static class BrowserApi
{
    public static void MapBrowserApi(this IEndpointRouteBuilder routes)
    {
        var browsers = routes.MapGroup("/api/browsers").WithTags("Access");
        browsers.MapGet("/", async (BrowserSessionStore store, HttpContext http, CancellationToken cancellation) =>
            {
                var mine = Mine(http);
                return (await store.ListAsync(cancellation)).Select(session => new SignedIn(session.Id, session.UserAgent, session.Address, session.CreatedAt, session.LastSeenAt, session.ExpiresAt, session.Id == mine));
            })
            .WithSummary("Browsers that are signed in.");
        browsers.MapDelete("/{browser:guid}", async (Guid browser, BrowserSessions sessions, CancellationToken cancellation) =>
                await sessions.RevokeAsync(browser, null, cancellation) > 0 ? TypedResults.NoContent() : throw new NotFoundException("browser that is signed in", browser))
            .WithSummary("Signs a browser out, at once: what it holds open is cut.");
        browsers.MapDelete("/", async (BrowserSessions sessions, HttpContext http, bool? others, CancellationToken cancellation) =>
                new SignedOut(await sessions.RevokeAsync(null, others is true ? Mine(http) : null, cancellation)))
            .WithSummary("Signs all browsers out; with 'others', all but the caller's own.");
        routes.MapPost("/api/token/rotate", async (OwnerToken token, BrowserSessions sessions, CancellationToken cancellation) =>
            {
                token.Rotate();
                return new SignedOut(await sessions.RevokeAsync(null, null, cancellation));
            })
            .WithTags("Access").WithSummary("Makes a new owner's token in the data folder; the old one and all browsers' sessions are worth nothing any more.");
    }

    private static Guid? Mine(HttpContext http) => (http.Items[typeof(LiveBrowser)] as LiveBrowser)?.Id;
}

/// <param name="IsThis">The caller's own.</param>
internal sealed record SignedIn(Guid Id, string? UserAgent, string? Address, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, DateTimeOffset ExpiresAt, bool IsThis);

internal sealed record SignedOut(int Browsers);
