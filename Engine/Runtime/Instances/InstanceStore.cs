using AgentOS.Engine.Runtime.Database;
using Npgsql;

namespace AgentOS.Engine.Runtime.Instances;

/// <summary>An instance as listings show it.</summary>
public sealed record InstanceSummary(
    string Id, string DefinitionId, string DefinitionVersionId, int Version, string Status, string SubStatus, string? CorrelationId, string? Name, string? ParentId,
    int IncidentCount, bool IsSystem, bool IsExecuting, DateTime CreatedAt, DateTime UpdatedAt, DateTime? FinishedAt);

/// <summary>Reads and deletes workflow instances.</summary>
public sealed partial class InstanceStore(EngineDatabase database)
{
    private const string Columns = "id, definition_id, definition_version_id, version, status, sub_status, correlation_id, name, parent_id, incident_count, is_system, owner is not null, created_at, updated_at, finished_at";

    public async Task<(InstanceSummary Summary, string State)?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand($"select {Columns}, state from engine.workflow_instances where id = $1");
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (Read(reader), reader.GetString(15)) : null;
    }

    public async Task<string?> StateAsync(string id, CancellationToken cancellationToken = default) => (await FindAsync(id, cancellationToken))?.State;

    public async Task<bool> ExistsAsync(string id, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("select exists (select from engine.workflow_instances where id = $1)");
        command.Parameters.Add(new() { Value = id });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<(IReadOnlyList<InstanceSummary> Items, long Total)> ListAsync(InstanceQuery query, CancellationToken cancellationToken = default)
    {
        var (where, parameters) = query.Where();
        await using var batch = database.CreateBatch();
        // A state, a workflow or a word may be that of nearly all instances or of few: the plan is made for them.
        batch.BatchCommands.Add(new("select set_config('plan_cache_mode', 'auto', true)"));
        foreach (var sql in new[] { $"select {Columns} from engine.workflow_instances where {where} order by {query.Order()} offset {query.Skip} limit {query.Take}", $"select count(*) from engine.workflow_instances where {where}" })
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var value in parameters) command.Parameters.Add(new() { Value = value });
            batch.BatchCommands.Add(command);
        }
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var items = new List<InstanceSummary>();
        while (await reader.ReadAsync(cancellationToken)) items.Add(Read(reader));
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (items, reader.GetInt64(0));
    }

    private const int DeletionAttempts = 5;

    // The instances first and in the order of their ids, so that two deletions never wait for each other, nor one for a commit that holds an instance.
    // What belongs to them then goes only where there is no instance (any more): one whose first commit comes in between stays whole.
    private static readonly string[] Deletion =
    [
        """
        delete from engine.workflow_instances where id in (
            select id from engine.workflow_instances where id = any($1) and ($2 or status = 'Finished') order by id for update)
        """,
        .. new[] { "work", "journal", "activity_executions", "bookmark_queue" }.Select(table =>
            $"delete from engine.{table} where instance_id = any($1) and not exists (select from engine.workflow_instances i where i.id = instance_id)")
    ];

    /// <summary>Deletes instances with all that belongs to them. A burst that runs meanwhile finds its instance gone and cannot bring it back.</summary>
    /// <param name="ids">Which.</param>
    /// <param name="running">Also those that have not finished.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>How many there were.</returns>
    public async Task<int> DeleteAsync(IReadOnlyCollection<string> ids, bool running = true, CancellationToken cancellationToken = default)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryDeleteAsync([.. ids], running, cancellationToken);
            }
            // Work that is settled for other instances may hold what this waits for, and the other way round.
            catch (PostgresException deadlock) when (deadlock.SqlState == PostgresErrorCodes.DeadlockDetected && attempt < DeletionAttempts)
            {
            }
        }
    }

    private async Task<int> TryDeleteAsync(string[] ids, bool running, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var sql in Deletion) batch.BatchCommands.Add(new(sql) { Parameters = { new() { Value = ids } } });
        batch.BatchCommands[0].Parameters.Add(new() { Value = running });
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return (int)batch.BatchCommands[0].Rows;
    }

    /// <summary>The ids of the instances that a query selects, all pages.</summary>
    public async Task<IReadOnlyList<string>> IdsAsync(InstanceQuery query, CancellationToken cancellationToken = default)
    {
        var (where, parameters) = query.Where();
        await using var command = database.CreateCommand($"select id from engine.workflow_instances where {where}");
        foreach (var value in parameters) command.Parameters.Add(new() { Value = value });
        return await Work.Backlog.ReadIdsAsync(command, cancellationToken);
    }

    private static InstanceSummary Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetString(4), reader.GetString(5), Text(reader, 6), Text(reader, 7), Text(reader, 8),
        reader.GetInt32(9), reader.GetBoolean(10), reader.GetBoolean(11), reader.GetDateTime(12), reader.GetDateTime(13), reader.IsDBNull(14) ? null : reader.GetDateTime(14));

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
