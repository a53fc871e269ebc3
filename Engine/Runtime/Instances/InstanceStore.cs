using AgentOS.Engine.State;
using AgentOS.Engine.Runtime.Database;
using AgentOS.Engine.Runtime.Execution;
using Elsa.Workflows.State;
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
        batch.BatchCommands.Add(new($"select {Columns} from engine.workflow_instances where {where} order by {query.Order()} offset {query.Skip} limit {query.Take}"));
        batch.BatchCommands.Add(new($"select count(*) from engine.workflow_instances where {where}"));
        foreach (var command in batch.BatchCommands)
            foreach (var value in parameters) ((NpgsqlBatchCommand)command).Parameters.Add(new() { Value = value });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var items = new List<InstanceSummary>();
        while (await reader.ReadAsync(cancellationToken)) items.Add(Read(reader));
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (items, reader.GetInt64(0));
    }

    /// <summary>Deletes instances with all that belongs to them. A burst that runs meanwhile finds its instance gone and cannot bring it back.</summary>
    public async Task<int> DeleteAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var sql in new[]
                 {
                     "delete from engine.workflow_instances where id = any($1)",
                     "delete from engine.work where instance_id = any($1)",
                     "delete from engine.journal where instance_id = any($1)",
                     "delete from engine.activity_executions where instance_id = any($1)",
                     "delete from engine.bookmark_queue where instance_id = any($1)"
                 })
            batch.BatchCommands.Add(new(sql) { Parameters = { new() { Value = ids.ToArray() } } });
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

    /// <summary>Puts a state in place of an instance that nobody runs, or makes the instance.</summary>
    /// <exception cref="InstanceBusyException">Somebody runs it.</exception>
    public async Task ImportAsync(WorkflowState state, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("""
            insert into engine.workflow_instances (id, definition_id, definition_version_id, version, status, sub_status, correlation_id, name, parent_id, incident_count, is_system,
                created_at, updated_at, finished_at, state)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::json)
            on conflict (id) do update set status = excluded.status, sub_status = excluded.sub_status, correlation_id = excluded.correlation_id, name = excluded.name,
                incident_count = excluded.incident_count, updated_at = excluded.updated_at, finished_at = excluded.finished_at, state = excluded.state, epoch = workflow_instances.epoch + 1
            where workflow_instances.owner is null
            """);
        foreach (var value in new object?[]
                 {
                     state.Id, state.DefinitionId, state.DefinitionVersionId, state.DefinitionVersion, state.Status.ToString(), state.SubStatus.ToString(), state.CorrelationId, state.Name,
                     state.ParentWorkflowInstanceId, state.Incidents.Count, state.IsSystem, state.CreatedAt.UtcDateTime, state.UpdatedAt.UtcDateTime, state.FinishedAt?.UtcDateTime, WorkflowStateJson.Serialize(state)
                 })
            command.Parameters.Add(value is null ? new() { Value = DBNull.Value } : new() { Value = value });
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0) throw new InstanceBusyException(state.Id);
    }

    private static InstanceSummary Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetString(4), reader.GetString(5), Text(reader, 6), Text(reader, 7), Text(reader, 8),
        reader.GetInt32(9), reader.GetBoolean(10), reader.GetBoolean(11), reader.GetDateTime(12), reader.GetDateTime(13), reader.IsDBNull(14) ? null : reader.GetDateTime(14));

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
