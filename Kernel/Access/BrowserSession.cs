using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Access;

/// <summary>A row of <c>browser_sessions</c>: a browser that a one-time link let in.</summary>
/// <param name="Address">Where it was opened from.</param>
/// <param name="LastSeenAt">To the minute.</param>
public sealed record BrowserSession(Guid Id, string? UserAgent, string? Address, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, DateTimeOffset ExpiresAt)
{
    internal const string Columns = "b.id, b.user_agent, b.address, b.created_at, b.last_seen_at, b.expires_at";

    internal static BrowserSession Read(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.Id(), row.OptionalText(), row.OptionalText(), row.Time(), row.Time(), row.Time());
    }
}
