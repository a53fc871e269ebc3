using Npgsql;

namespace AgentOS.Server.Cli.Bench;

/// <summary>Transactions that a database has seen.</summary>
/// <param name="Transactions">All that were committed, as <c>pg_stat_database</c> counts them: reads too, and each time that a listener was woken.</param>
/// <param name="Writing">Those that had something to write.</param>
internal sealed record DatabaseCounters(long Transactions, long Writing)
{
    /// <summary>PostgreSQL's processes hand their counts in after so long without work.</summary>
    private static readonly TimeSpan HandedIn = TimeSpan.FromSeconds(10.5);

    /// <summary>The counts when all of them are in. Meanwhile nothing but the server's own idling may go on.</summary>
    public static async Task<DatabaseCounters> ReadAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        // Before the wait: what the server does meanwhile is not the measured work's.
        await using var xid = database.CreateCommand("SELECT pg_current_xact_id()::text::bigint");
        var writing = (long)(await xid.ExecuteScalarAsync(cancellation))!;
        await Task.Delay(HandedIn, cancellation);
        await using var stat = database.CreateCommand("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()");
        return new((long)(await stat.ExecuteScalarAsync(cancellation))!, writing);
    }
}
