using System.Security.Cryptography;
using System.Text;
using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Testing.Postgres;

/// <summary>A fresh database, cloned from a template that was migrated once; dropped when disposed.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string _administrator;
    private readonly string _name;

    private TestDatabase(string administrator, string name)
    {
        (_administrator, _name) = (administrator, name);
        ConnectionString = ConnectionTo(administrator, name);
        DataSource = KernelDatabase.Open(ConnectionString);
    }

    /// <summary>As the owner of the database, who is no superuser.</summary>
    public string ConnectionString { get; }

    /// <summary>Shared by the test; closed with the database.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <summary>With the kernel's tables.</summary>
    public static Task<TestDatabase> CreateAsync() =>
        CreateAsync(string.Concat(Migration.All.Select(migration => migration.Checksum)), database => Migrator.RunAsync(database));

    /// <summary>With nothing in it.</summary>
    public static Task<TestDatabase> CreateEmptyAsync() => CreateAsync("empty", _ => Task.CompletedTask);

    /// <param name="key">Names what <paramref name="prepare"/> makes: the same key, the same template.</param>
    public static async Task<TestDatabase> CreateAsync(string key, Func<NpgsqlDataSource, Task> prepare)
    {
        var administrator = await TestPostgres.AdministratorAsync();
        var template = "template_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..24];
        await EnsureTemplateAsync(administrator, template, prepare);
        var name = "test_" + Guid.NewGuid().ToString("N");
        await using var connection = await ConnectAsync(administrator);
        for (var tried = 1; ; tried++)
        {
            try
            {
                await RunAsync(connection, $"CREATE DATABASE {name} TEMPLATE {template} OWNER {TestPostgres.Role}");
                return new(administrator, name);
            }
            catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.ObjectInUse && tried < 20)
            {
                // PostgreSQL looks after the template itself just now (autovacuum), and waited for that 5 seconds before it said so.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await using var connection = await ConnectAsync(_administrator);
        await RunAsync(connection, $"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
    }

    private static async Task EnsureTemplateAsync(string administrator, string template, Func<NpgsqlDataSource, Task> prepare)
    {
        await using var connection = await ConnectAsync(administrator);
        await RunAsync(connection, "SELECT pg_advisory_lock(2)");
        try
        {
            await using var find = new NpgsqlCommand("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", connection) { Parameters = { new() { Value = template } } };
            if ((bool)(await find.ExecuteScalarAsync())!) return;
            // Renamed when ready: a run that was killed in between leaves no half template.
            await RunAsync(connection, $"DROP DATABASE IF EXISTS {template}_unfinished WITH (FORCE)");
            await RunAsync(connection, $"CREATE DATABASE {template}_unfinished OWNER {TestPostgres.Role}");
            await using (var database = NpgsqlDataSource.Create(ConnectionTo(administrator, template + "_unfinished"))) await prepare(database);
            await RunAsync(connection, $"ALTER DATABASE {template}_unfinished RENAME TO {template}");
        }
        finally
        {
            await RunAsync(connection, "SELECT pg_advisory_unlock(2)");
        }
    }

    private static string ConnectionTo(string administrator, string database) =>
        new NpgsqlConnectionStringBuilder(administrator) { Database = database, Username = TestPostgres.Role, Password = TestPostgres.Role, MaxPoolSize = 40 }.ConnectionString;

    private static async Task<NpgsqlConnection> ConnectAsync(string administrator)
    {
        var connection = new NpgsqlConnection(administrator);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 60 };
        await command.ExecuteNonQueryAsync();
    }
}
