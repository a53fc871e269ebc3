using System.Data;
using Npgsql;

namespace AgentOS.Kernel.Database;

/// <summary>One statement, one round trip, one transaction: a decision is written as one statement with all that belongs to it.</summary>
internal static class Sql
{
    public static async Task<List<T>> ListAsync<T>(this NpgsqlDataSource database, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation, params (string Name, object? Value)[] parameters)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.ListAsync(sql, read, cancellation, parameters);
    }

    public static async Task<List<T>> ListAsync<T>(this NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation, params (string Name, object? Value)[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection).With(parameters);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new List<T>();
        while (await rows.ReadAsync(cancellation)) found.Add(read(rows));
        return found;
    }

    /// <summary>
    /// Where the values decide how the rows are best found (words, times, a repository that may have all or few of them): planned for them. Before
    /// a batch of one's own stands <see cref="ByValues"/>.
    /// </summary>
    public static Task<List<T>> SearchAsync<T>(this NpgsqlDataSource database, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation, params (string Name, object? Value)[] parameters) =>
        database.ListAfterAsync(ByValues, sql, read, cancellation, parameters);

    /// <summary>Until the end of the transaction, plans are made for the values.</summary>
    internal const string ByValues = "SELECT set_config('plan_cache_mode', 'auto', true)";

    /// <summary>The conditions of what is given, for a statement that then has a plan, and an index, of its own; where nothing is, all rows.</summary>
    internal static string Where(params ReadOnlySpan<(bool IsGiven, string Condition)> conditions)
    {
        List<string> given = [];
        foreach (var (isGiven, condition) in conditions)
            if (isGiven) given.Add(condition);
        return given.Count == 0 ? "" : $"WHERE {string.Join(" AND ", given)}";
    }

    public static async Task<T?> FirstAsync<T>(this NpgsqlDataSource database, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation, params (string Name, object? Value)[] parameters)
        where T : class
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var command = new NpgsqlCommand(sql, connection).With(parameters);
        await using var rows = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellation);
        return await rows.ReadAsync(cancellation) ? read(rows) : null;
    }

    /// <returns>The number of rows.</returns>
    public static async Task<int> RunAsync(this NpgsqlDataSource database, string sql, CancellationToken cancellation, params (string Name, object? Value)[] parameters)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var command = new NpgsqlCommand(sql, connection).With(parameters);
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    public static async Task<T?> ScalarAsync<T>(this NpgsqlDataSource database, string sql, CancellationToken cancellation, params (string Name, object? Value)[] parameters)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var command = new NpgsqlCommand(sql, connection).With(parameters);
        return await command.ExecuteScalarAsync(cancellation) is T value ? value : default;
    }

    /// <summary>Statements that need each other's results seen: one round trip, one transaction, the rows of the last one.</summary>
    public static async Task<T?> InOneBatchAsync<T>(this NpgsqlDataSource database, string before, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation, params (string Name, object? Value)[] parameters)
        where T : class => (await database.ListAfterAsync(before, sql, read, cancellation, parameters)).FirstOrDefault();

    private static async Task<List<T>> ListAfterAsync<T>(this NpgsqlDataSource database, string before, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation, params (string Name, object? Value)[] parameters)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(before));
        var last = new NpgsqlBatchCommand(sql);
        foreach (var (name, value) in parameters) last.Parameters.Add(Parameter(name, value));
        batch.BatchCommands.Add(last);
        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        await rows.NextResultAsync(cancellation);
        var found = new List<T>();
        while (await rows.ReadAsync(cancellation)) found.Add(read(rows));
        // What is refused at the commit is told here.
        while (await rows.NextResultAsync(cancellation)) { }
        return found;
    }

    /// <summary>Statements in one round trip and one transaction, whose rows nobody wants.</summary>
    public static async Task RunInOneBatchAsync(this NpgsqlDataSource database, IEnumerable<(string Sql, (string Name, object? Value)[] Parameters)> statements, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var (sql, parameters) in statements)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var (name, value) in parameters) command.Parameters.Add(Parameter(name, value));
            batch.BatchCommands.Add(command);
        }
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    public static NpgsqlCommand With(this NpgsqlCommand command, params (string Name, object? Value)[] parameters)
    {
        foreach (var (name, value) in parameters) command.Parameters.Add(Parameter(name, value));
        return command;
    }

    internal static NpgsqlParameter Parameter(string name, object? value) => new(name, value switch
    {
        null => DBNull.Value,
        Enum word => Words.Of(word),
        DateTimeOffset time => time.ToUniversalTime(),
        string text => PlainText.Clean(text),
        _ => value,
    });
}
