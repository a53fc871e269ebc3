using Npgsql;

namespace AgentOS.Kernel.Database;

/// <summary>Brings a database to the newest migration: each in a transaction of its own, one server at a time.</summary>
public static class Migrator
{
    /// <summary>Any number that no one else uses: it names the advisory lock.</summary>
    private const long Lock = 0x6167656E746F73;

    private const string History =
        """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            number INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            checksum TEXT NOT NULL,
            applied_at TIMESTAMPTZ NOT NULL DEFAULT now()
        )
        """;

    /// <returns>How many were applied.</returns>
    /// <exception cref="MigrationException">An applied file was changed, the database is newer than the program, or SQL failed.</exception>
    public static Task<int> RunAsync(NpgsqlDataSource database, CancellationToken cancellation = default) =>
        RunAsync(database, Migration.All, cancellation);

    public static async Task<int> RunAsync(NpgsqlDataSource database, IReadOnlyList<Migration> migrations, CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using (var take = new NpgsqlCommand("SELECT pg_advisory_lock($1)", connection) { Parameters = { new() { Value = Lock } }, CommandTimeout = 0 })
            await take.ExecuteNonQueryAsync(cancellation);
        try
        {
            await using (var make = new NpgsqlCommand(History, connection)) await make.ExecuteNonQueryAsync(cancellation);
            var applied = await ReadAppliedAsync(connection, cancellation);
            Refuse(applied, migrations);
            var missing = migrations.Where(migration => !applied.ContainsKey(migration.Number)).ToList();
            foreach (var migration in missing) await ApplyAsync(connection, migration, cancellation);
            return missing.Count;
        }
        finally
        {
            await using var release = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", connection) { Parameters = { new() { Value = Lock } } };
            await release.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private static void Refuse(Dictionary<int, (string Name, string Checksum)> applied, IReadOnlyList<Migration> migrations)
    {
        foreach (var (number, (name, checksum)) in applied)
        {
            var known = migrations.FirstOrDefault(migration => migration.Number == number)
                ?? throw new MigrationException($"The database has migration {number:0000}_{name}, which this version of AgentOS does not know. Start the newer version that made it.");
            if (known.Checksum != checksum)
                throw new MigrationException(
                    $"Migration {number:0000}_{name} was changed after it was applied to this database (then {checksum[..12]}, now {known.Checksum[..12]}). " +
                    "Restore the file as it was, and put the change into a new migration.");
        }
    }

    private static async Task<Dictionary<int, (string Name, string Checksum)>> ReadAppliedAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var applied = new Dictionary<int, (string, string)>();
        await using var read = new NpgsqlCommand("SELECT number, name, checksum FROM schema_migrations ORDER BY number", connection);
        await using var rows = await read.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation)) applied.Add(rows.GetInt32(0), (rows.GetString(1), rows.GetString(2)));
        return applied;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        try
        {
            await using (var apply = new NpgsqlCommand(migration.Sql, connection, transaction) { CommandTimeout = 0 })
                await apply.ExecuteNonQueryAsync(cancellation);
            await using (var record = new NpgsqlCommand("INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)", connection, transaction))
            {
                record.Parameters.AddWithValue(migration.Number);
                record.Parameters.AddWithValue(migration.Name);
                record.Parameters.AddWithValue(migration.Checksum);
                await record.ExecuteNonQueryAsync(cancellation);
            }

            await transaction.CommitAsync(cancellation);
        }
        catch (PostgresException error)
        {
            throw new MigrationException($"Migration {migration.Number:0000}_{migration.Name} failed and was undone: {error.MessageText} (at character {error.Position}).", error);
        }
    }
}
