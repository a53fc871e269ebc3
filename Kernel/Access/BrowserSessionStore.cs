using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Access;

/// <summary>Browsers that are signed in. Secrets are known by their SHA-256 only.</summary>
public sealed class BrowserSessionStore(NpgsqlDataSource database)
{
    private const int LongestAgent = 300;

    public async Task<BrowserSession> OpenAsync(byte[] secretHash, TimeSpan length, string? userAgent, string? address, CancellationToken cancellation = default) =>
        (await database.FirstAsync(
            $"""
            WITH made AS (
                INSERT INTO browser_sessions (id, secret_sha256, user_agent, address, expires_at) VALUES (@id, @hash, left(@agent, {LongestAgent}), left(@address, 100), now() + @length) RETURNING *
            ), logged AS (
                INSERT INTO activities (event_type, message, metadata) SELECT 'browser.opened', 'A browser is signed in from ' || COALESCE(address, 'somewhere'), jsonb_build_object('session', id) FROM made
            )
            SELECT {BrowserSession.Columns} FROM made b
            """, BrowserSession.Read, cancellation, ("id", Guid.CreateVersion7()), ("hash", secretHash), ("length", length), ("agent", userAgent), ("address", address)))!;

    /// <summary>The session, when it is there, its secret has this hash, and it is neither revoked nor over. It was seen now.</summary>
    public Task<BrowserSession?> SeeAsync(Guid id, byte[] secretHash, CancellationToken cancellation = default) =>
        database.FirstAsync(
            $"""
            WITH found AS (SELECT * FROM browser_sessions WHERE id = @id AND secret_sha256 = @hash AND revoked_at IS NULL AND expires_at > now()),
            seen AS (UPDATE browser_sessions b SET last_seen_at = now() FROM found f WHERE b.id = f.id AND f.last_seen_at < now() - interval '1 minute')
            SELECT {BrowserSession.Columns} FROM found b
            """, BrowserSession.Read, cancellation, ("id", id), ("hash", secretHash));

    /// <summary>Those that are signed in, the latest first.</summary>
    public Task<List<BrowserSession>> ListAsync(CancellationToken cancellation = default) =>
        database.ListAsync($"SELECT {BrowserSession.Columns} FROM browser_sessions b WHERE revoked_at IS NULL AND expires_at > now() ORDER BY last_seen_at DESC, id LIMIT 500", BrowserSession.Read, cancellation);

    /// <summary>Signs one out, or (null) all; every node hears of it, and cuts what the browser holds open.</summary>
    /// <param name="except">Of all, this one stays.</param>
    /// <returns>Those that were signed in.</returns>
    public Task<List<Guid>> RevokeAsync(Guid? id, Guid? except = null, CancellationToken cancellation = default) =>
        database.ListAsync(
            """
            WITH ended AS (UPDATE browser_sessions SET revoked_at = now() WHERE revoked_at IS NULL AND expires_at > now() AND (@id::uuid IS NULL OR id = @id) AND id IS DISTINCT FROM @except::uuid RETURNING *),
            logged AS (INSERT INTO activities (event_type, message, metadata) SELECT 'browser.revoked', 'A browser is signed out', jsonb_build_object('session', id) FROM ended)
            SELECT id, pg_notify('agentos', json_build_object('kind', 'browser_session', 'id', id, 'state', 'revoked')::text) FROM ended
            """, row => row.GetGuid(0), cancellation, ("id", id), ("except", except));
}
