using AgentOS.Server.Hosting.Postgres;
using Npgsql;

namespace AgentOS.Testing.Postgres;

/// <summary>
/// One PostgreSQL a test run: the one that <c>AGENTOS_TEST_POSTGRES</c> names (a superuser's connection string, so that
/// several test programs share it), else an embedded one in a temporary folder that ends with the run.
/// </summary>
public static class TestPostgres
{
    internal const string Role = "agentos_test";
    private const string FolderPrefix = "agentos-test-";
    private static readonly Lazy<Task<string>> Administrator = new(StartAsync);
    private static Func<Task>? _end;

    /// <summary>The superuser's connection string.</summary>
    public static Task<string> AdministratorAsync() => Administrator.Value;

    private static async Task<string> StartAsync()
    {
        var administrator = Environment.GetEnvironmentVariable("AGENTOS_TEST_POSTGRES") is { Length: > 0 } given ? given : await StartEmbeddedAsync();
        await using var connection = new NpgsqlConnection(administrator);
        await connection.OpenAsync();
        // The application is no superuser, so neither are the tests.
        await using var command = new NpgsqlCommand(
            $"""
            SELECT pg_advisory_xact_lock(1);
            DO $$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{Role}') THEN CREATE ROLE {Role} LOGIN PASSWORD '{Role}'; END IF;
            END $$
            """, connection);
        await command.ExecuteNonQueryAsync();
        return administrator;
    }

    private static async Task<string> StartEmbeddedAsync()
    {
        Sweep();
        var folder = Path.Combine(Path.GetTempPath(), FolderPrefix + Guid.NewGuid().ToString("N")[..12]);
        var server = await EmbeddedPostgres.StartAsync(new(folder)
        {
            InitdbArguments = ["--no-sync"],
            // The data is thrown away: only here may a commit be less than durable.
            Settings = new Dictionary<string, string> { ["fsync"] = "off", ["full_page_writes"] = "off", ["max_connections"] = "300" },
        });
        _end = async () =>
        {
            NpgsqlConnection.ClearAllPools();
            await server.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        };
        return server.AdministratorConnectionString;
    }

    /// <summary>Ends the embedded one, if it runs.</summary>
    internal static async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _end, null) is { } end) await end();
    }

    /// <summary>Removes what killed test runs left.</summary>
    private static void Sweep()
    {
        foreach (var left in new DirectoryInfo(Path.GetTempPath()).EnumerateDirectories(FolderPrefix + "*"))
        {
            if (DateTime.UtcNow - left.LastWriteTimeUtc < TimeSpan.FromHours(1)) continue;
            try
            {
                DataFolderLock.Take(left.FullName).Dispose();
                left.Delete(recursive: true);
            }
            catch (Exception error) when (error is PostgresUnavailableException or IOException or UnauthorizedAccessException)
            {
                // in use, or another user's
            }
        }
    }
}
