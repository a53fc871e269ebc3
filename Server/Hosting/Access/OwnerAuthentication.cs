using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AgentOS.Server.Hosting.Access;

/// <summary>
/// There is one user, the owner, who shows the token (as <c>Bearer</c>, or <c>ApiKey</c> as Elsa's clients send it), the cookie of a
/// browser session, or, to get that cookie, the code of a one-time link.
/// </summary>
internal sealed class OwnerAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder, OwnerToken token, OneTimeLinks links, BrowserSessions browsers)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public const string Name = "AgentOS";
    public const string Cookie = "agentos_session";
    public const string OpenPath = "/open";
    public const string HubPath = "/elsa/hubs";

    private static readonly AuthenticateResult Owner = Of();

    /// <param name="claims">What is known of this caller besides that it is the owner.</param>
    private static AuthenticateResult Of(params ReadOnlySpan<Claim> claims) => AuthenticateResult.Success(new(new(new ClaimsIdentity([new(ClaimTypes.Name, "owner"), .. claims], Name)), Name));

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Credentials().Any(token.Matches) || UsesLink()) return Owner;
        if (await browsers.FindAsync(Request.Cookies[Cookie], Context.RequestAborted) is not { } browser) return AuthenticateResult.NoResult();
        Context.Items[typeof(LiveBrowser)] = browser;
        return Of(new Claim(ClaimTypes.Sid, browser.Id.ToString()));
    }

    private bool UsesLink() => HttpMethods.IsGet(Request.Method) && Request.Path == OpenPath && links.Use(Request.Query["code"]);

    private IEnumerable<string> Credentials()
    {
        foreach (var header in Request.Headers.Authorization)
            if (header?.Split(' ', 2, StringSplitOptions.TrimEntries) is [var scheme, var value] &&
                (scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) || scheme.Equals("ApiKey", StringComparison.OrdinalIgnoreCase)))
                yield return value;

        // A browser cannot set headers on a WebSocket: the hubs, and they alone, take the token from the address.
        if (Request.Path.StartsWithSegments(HubPath, StringComparison.Ordinal) && Request.Query["access_token"] is [{ } fromAddress])
            yield return fromAddress;
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return base.HandleChallengeAsync(properties);
    }
}
