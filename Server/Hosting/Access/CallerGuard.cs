using System.Net;

namespace AgentOS.Server.Hosting.Access;

/// <summary>
/// Refuses what a foreign web page can make a browser send: a <c>Host</c> that is not ours (a name rebound to loopback), and an
/// <c>Origin</c> that is not the address that is called.
/// </summary>
internal sealed class CallerGuard(RequestDelegate next, ServerSettings settings)
{
    private readonly HashSet<string> _names = new([settings.Url.Host, "localhost", "127.0.0.1", "[::1]", .. settings.Hosts], StringComparer.OrdinalIgnoreCase);

    public Task InvokeAsync(HttpContext http)
    {
        var host = http.Request.Host;
        if (!host.HasValue || !IsOurs(host.Host))
            return Problems.WriteAsync(http, StatusCodes.Status421MisdirectedRequest, "Unknown host",
                $"This server is not known as '{host.Host}'. Call it as {settings.Url.Authority}, or add the name to AGENTOS_HOSTS.");

        foreach (var origin in http.Request.Headers.Origin)
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var from) || !SameAuthority(from, host))
                return Problems.WriteAsync(http, StatusCodes.Status403Forbidden, "Foreign origin",
                    "A page of another site sent this request. Use the pages of this server, or a client that is not a browser.");

        return next(http);
    }

    // Who listens on all interfaces is called by any of their addresses; an address, unlike a name, cannot be rebound.
    private bool IsOurs(string host) => _names.Contains(host) || (settings.ListensEverywhere && IPAddress.TryParse(host.Trim('[', ']'), out _));

    private static bool SameAuthority(Uri origin, HostString host) =>
        string.Equals(origin.Host, host.Host, StringComparison.OrdinalIgnoreCase) && (host.Port ?? (origin.Scheme == "https" ? 443 : 80)) == origin.Port;
}
