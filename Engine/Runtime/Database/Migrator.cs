using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace AgentOS.Engine.Runtime.Database;

/// <summary>Brings schema `engine` to this version: numbered SQL files, forward only, each in its own transaction, checksummed.</summary>
public static class Migrator
{
    // Any constant will do; it only must differ from other users of advisory locks in the same database.
    private const long Lock = 0x656e67696e65;

    public static async Task ApplyAsync(NpgsqlDataSource database, CancellationToken cancellationToken = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, $"select pg_advisory_lock({Lock})", cancellationToken);
        try
        {
            await ExecuteAsync(connection, """
                create schema if not exists engine;
                create table if not exists engine.migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())
                """, cancellationToken);
            var applied = await AppliedAsync(connection, cancellationToken);
            foreach (var (name, sql) in Scripts())
            {
                var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
                if (applied.Remove(name, out var known))
                {
                    if (known != checksum) throw new MigrationException($"Migration {name} was changed after this database applied it. Restore the file, or put the change into a new migration.");
                    continue;
                }
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await ExecuteAsync(connection, sql, cancellationToken);
                await using var record = new NpgsqlCommand("insert into engine.migrations (name, checksum) values ($1, $2)", connection) { Parameters = { new() { Value = name }, new() { Value = checksum } } };
                await record.ExecuteNonQueryAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }
            if (applied.Count > 0)
                throw new MigrationException($"This database was used by a newer version (it has migration {applied.Keys.Max()}). Start that version, or restore a backup.");
        }
        finally
        {
            await ExecuteAsync(connection, $"select pg_advisory_unlock({Lock})", CancellationToken.None);
        }
    }

    internal static IEnumerable<(string Name, string Sql)> Scripts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var resource in assembly.GetManifestResourceNames().Where(x => x.Contains(".Runtime.Migrations.", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            yield return (resource[(resource.IndexOf(".Migrations.", StringComparison.Ordinal) + ".Migrations.".Length)..^".sql".Length], reader.ReadToEnd().ReplaceLineEndings("\n"));
        }
    }

    private static async Task<SortedDictionary<string, string>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand("select name, checksum from engine.migrations", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) result.Add(reader.GetString(0), reader.GetString(1));
        return result;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>The database's schema and this version do not fit.</summary>
public sealed class MigrationException(string message) : Exception(message);
