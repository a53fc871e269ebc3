using Npgsql;

namespace AgentOS.Server.Hosting.Postgres;

/// <summary>Waits until the server answers, and sees to the role and the database of AgentOS.</summary>
internal static class PostgresDatabase
{
    public const string Name = "agentos";

    public static async Task EnsureAsync(string administrator, string password, PostgresProcess process, PostgresFolders folders, TimeSpan patience, CancellationToken cancellation)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(administrator) { Pooling = false });
        await using var connection = await ConnectAsync(source, process, folders, patience, cancellation);
        // Not in one transaction: CREATE DATABASE cannot be. Each step looks first, so that a crash between them is made good.
        if (!await AnyAsync(connection, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", cancellation))
            await RunAsync(connection, $"CREATE ROLE {Name} LOGIN PASSWORD '{password}'", cancellation);
        if (!await AnyAsync(connection, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", cancellation))
            await RunAsync(connection, $"CREATE DATABASE {Name} OWNER {Name}", cancellation);
    }

    private static async Task<NpgsqlConnection> ConnectAsync(NpgsqlDataSource source, PostgresProcess process, PostgresFolders folders, TimeSpan patience, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(patience);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        Exception? last = null;
        try
        {
            while (!process.HasExited)
            {
                try
                {
                    return await source.OpenConnectionAsync(limit.Token);
                }
                catch (NpgsqlException error) when (error is not PostgresException { SqlState: not PostgresErrorCodes.CannotConnectNow })
                {
                    last = error; // not listening yet, or recovering
                }

                await pause.WaitForNextTickAsync(limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new PostgresUnavailableException($"PostgreSQL did not answer within {patience.TotalSeconds:0} s. {Said(folders)}", last);
        }

        throw new PostgresUnavailableException($"PostgreSQL ended while it started. {Said(folders)}", last);
    }

    private static string Said(PostgresFolders folders)
    {
        var logs = Path.Combine(folders.Data, "log");
        var newest = Directory.Exists(logs) ? Directory.EnumerateFiles(logs).MaxBy(File.GetLastWriteTimeUtc) : null;
        var lines = new[] { folders.StartLog, newest }.Where(File.Exists).SelectMany(file => File.ReadLines(file!).TakeLast(10));
        return $"It said: {string.Join(Environment.NewLine, lines)}";
    }

    private static async Task<bool> AnyAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = Name } } };
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
