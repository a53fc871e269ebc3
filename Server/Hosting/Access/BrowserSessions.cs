using System.Collections.Concurrent;
using System.Security.Cryptography;
using AgentOS.Kernel.Access;
using AgentOS.Kernel.Notifications;

namespace AgentOS.Server.Hosting.Access;

/// <summary>A browser that is signed in, as this process knows it.</summary>
/// <param name="Ended">Cancelled at the moment in which it is revoked or over: what it holds open ends then.</param>
internal sealed record LiveBrowser(Guid Id, byte[] SecretHash, CancellationTokenSource Ended)
{
    /// <summary><see cref="TimeProvider.GetTimestamp"/> of the last look into the database.</summary>
    public long Checked { get; set; }
}

/// <summary>
/// The browsers' side of access: cookies of sessions that are rows in the kernel. A look into the database counts for some seconds; a session that is
/// revoked ends at once, also on the other nodes, which are notified.
/// </summary>
internal sealed class BrowserSessions(BrowserSessionStore store, KernelNotifications notifications, TimeProvider time, ILogger<BrowserSessions> log) : BackgroundService
{
    public static readonly TimeSpan Length = TimeSpan.FromDays(30);

    private static readonly TimeSpan Trust = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<Guid, LiveBrowser> _live = new();

    /// <summary>Signs a browser in.</summary>
    /// <returns>The value of its cookie.</returns>
    public async Task<string> OpenAsync(HttpContext http)
    {
        var secret = RandomNumberGenerator.GetBytes(32);
        var session = await store.OpenAsync(SHA256.HashData(secret), Length, http.Request.Headers.UserAgent.ToString(), http.Connection.RemoteIpAddress?.ToString(), http.RequestAborted);
        return $"{session.Id:N}.{Convert.ToHexStringLower(secret)}";
    }

    public async Task<LiveBrowser?> FindAsync(string? cookie, CancellationToken cancellation)
    {
        if (cookie?.Split('.') is not [var name, { Length: 64 } text] || !Guid.TryParseExact(name, "N", out var id)) return null;
        var secret = new byte[32];
        if (Convert.FromHexString(text, secret, out _, out _) != System.Buffers.OperationStatus.Done) return null;
        var hash = SHA256.HashData(secret);
        if (_live.TryGetValue(id, out var known) && time.GetElapsedTime(known.Checked) < Trust) return CryptographicOperations.FixedTimeEquals(known.SecretHash, hash) ? known : null;
        if (await store.SeeAsync(id, hash, cancellation) is null) return null;
        var live = _live.GetOrAdd(id, _ => new(id, hash, new()));
        live.Checked = time.GetTimestamp();
        return live;
    }

    /// <summary>Signs one out, or (null) all of them, or all but one.</summary>
    /// <returns>How many were signed in.</returns>
    public async Task<int> RevokeAsync(Guid? id, Guid? except, CancellationToken cancellation)
    {
        var revoked = await store.RevokeAsync(id, except, cancellation);
        foreach (var one in revoked) await EndAsync(one);
        return revoked.Count;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(HearAsync(stoppingToken), LookAsync(stoppingToken));

    private async Task HearAsync(CancellationToken stop)
    {
        await foreach (var hint in notifications.ReadAllAsync(stop))
            if (hint is { Kind: "browser_session", State: "revoked", Id: { } id }) await EndAsync(id);
    }

    /// <summary>The net below the notifications, and the end of those that are over.</summary>
    private async Task LookAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Trust, time);
        while (await timer.WaitForNextTickAsync(stop))
        {
            try
            {
                foreach (var live in _live.Values)
                    if (await store.SeeAsync(live.Id, live.SecretHash, stop) is null) await EndAsync(live.Id);
            }
            catch (Exception error) when (error is Npgsql.NpgsqlException or TimeoutException)
            {
                log.LogWarning("The browsers' sessions cannot be looked at: {Problem}", error.Message);
            }
        }
    }

    private async Task EndAsync(Guid id)
    {
        if (!_live.TryRemove(id, out var live)) return;
        await live.Ended.CancelAsync();
    }
}

/// <summary>What a browser holds open (events, a hub, a page's circuit) is cut when its session ends.</summary>
internal sealed class BrowserSessionEnds(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext http)
    {
        using var cut = (http.Items[typeof(LiveBrowser)] as LiveBrowser)?.Ended.Token.Register(http.Abort);
        await next(http);
    }
}
