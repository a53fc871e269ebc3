using Npgsql;

namespace AgentOS.Engine.Runtime.Instances;

/// <summary>A line of the journal with what it says about its activity. <see cref="Detail"/> is JSON: message, source, payload.</summary>
public sealed record JournalEntry(
    string InstanceId, long Sequence, string ExecutionId, string? ParentExecutionId, string ActivityId, string ActivityType, int ActivityVersion, string? ActivityName, string NodeId,
    DateTime At, string EventName, string? Detail);

/// <summary>An activity execution. <see cref="Detail"/> is JSON: activityState, payload, outputs, properties, metadata, exception.</summary>
public sealed record ExecutionEntry(
    string Id, string InstanceId, string? ParentId, string ActivityId, string NodeId, string ActivityType, int ActivityVersion, string? ActivityName, string Status, DateTime StartedAt, DateTime? CompletedAt,
    bool HasBookmarks, int FaultCount, string? ScheduledBy, string? ScheduledByActivity, string? ScheduledByInstance, int? CallStackDepth, bool HasRetries, string Detail);

/// <summary>Which lines of the journal are wanted.</summary>
public sealed record JournalFilter(
    IReadOnlyCollection<string>? ActivityIds = null, IReadOnlyCollection<string>? NodeIds = null, IReadOnlyCollection<string>? ExcludedActivityTypes = null, IReadOnlyCollection<string>? EventNames = null);

public sealed partial class InstanceStore
{
    private const string ExecutionColumns = """
        id, instance_id, parent_id, activity_id, node_id, activity_type, activity_version, activity_name, status, started_at, completed_at, has_bookmarks, fault_count,
        scheduled_by, scheduled_by_activity, scheduled_by_instance, call_stack_depth, has_retries, detail
        """;

    public async Task<(IReadOnlyList<JournalEntry> Items, long Total)> JournalAsync(string instanceId, JournalFilter filter, int skip, int take, bool newestFirst = false, CancellationToken cancellationToken = default)
    {
        const string where = """
            from engine.journal j left join engine.activity_executions e on e.instance_id = j.instance_id and e.id = j.execution_id
            where j.instance_id = $1 and ($2 is null or e.activity_id = any($2)) and ($3 is null or e.node_id = any($3))
                and ($4 is null or e.activity_type <> all($4)) and ($5 is null or j.event_name = any($5))
            """;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new($"""
            select j.instance_id, j.sequence, j.execution_id, e.parent_id, coalesce(e.activity_id, ''), coalesce(e.activity_type, ''), coalesce(e.activity_version, 1), e.activity_name, coalesce(e.node_id, ''),
                j.at, j.event_name, j.detail
            {where} order by j.sequence {(newestFirst ? "desc" : "asc")} offset {skip} limit {take}
            """));
        batch.BatchCommands.Add(new($"select count(*) {where}"));
        foreach (NpgsqlBatchCommand command in batch.BatchCommands)
        {
            command.Parameters.Add(new() { Value = instanceId });
            foreach (var list in new[] { filter.ActivityIds, filter.NodeIds, filter.ExcludedActivityTypes, filter.EventNames })
                command.Parameters.Add(new() { Value = list is { Count: > 0 } ? list.ToArray() : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text });
        }
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var items = new List<JournalEntry>();
        while (await reader.ReadAsync(cancellationToken))
            items.Add(new(reader.GetString(0), reader.GetInt64(1), reader.GetString(2), Text(reader, 3), reader.GetString(4), reader.GetString(5), reader.GetInt32(6), Text(reader, 7), reader.GetString(8),
                reader.GetDateTime(9), reader.GetString(10), Text(reader, 11)));
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (items, reader.GetInt64(0));
    }

    /// <summary>Executions of an instance in the order of their start, or one by its id.</summary>
    public async Task<IReadOnlyList<ExecutionEntry>> ExecutionsAsync(string? instanceId, string? nodeId = null, string? id = null, bool? completed = null, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("");
        // Only what is asked for stands in the statement: it then has a plan, and an index, of its own.
        List<string> conditions = ["true"];
        foreach (var (column, value) in new (string, object?)[] { ("instance_id", instanceId), ("node_id", nodeId), ("id", id), ("(completed_at is not null)", completed) })
        {
            if (value is null) continue;
            command.Parameters.Add(new() { Value = value });
            conditions.Add($"{column} = ${command.Parameters.Count}");
        }

        command.CommandText = $"select {ExecutionColumns} from engine.activity_executions where {string.Join(" and ", conditions)} order by started_at, id";
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var items = new List<ExecutionEntry>();
        while (await reader.ReadAsync(cancellationToken))
            items.Add(new(reader.GetString(0), reader.GetString(1), Text(reader, 2), reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.GetInt32(6), Text(reader, 7), reader.GetString(8),
                reader.GetDateTime(9), reader.IsDBNull(10) ? null : reader.GetDateTime(10), reader.GetBoolean(11), reader.GetInt32(12), Text(reader, 13), Text(reader, 14), Text(reader, 15),
                reader.IsDBNull(16) ? null : reader.GetInt32(16), reader.GetBoolean(17), reader.GetString(18)));
        return items;
    }

    /// <summary>What Studio's badges show: how often each activity ran, and how that went.</summary>
    public async Task<IReadOnlyList<ActivityStats>> StatsAsync(string instanceId, IReadOnlyCollection<string> nodeIds, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("""
            select activity_id, node_id, count(*)::int, (count(*) filter (where completed_at is not null))::int, (count(*) filter (where completed_at is null))::int,
                bool_or(has_bookmarks and completed_at is null), bool_or(status = 'Faulted'), sum(fault_count)::int, bool_or(has_retries)
            from engine.activity_executions where instance_id = $1 and node_id = any($2) group by activity_id, node_id order by min(started_at)
            """);
        command.Parameters.Add(new() { Value = instanceId });
        command.Parameters.Add(new() { Value = nodeIds.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var items = new List<ActivityStats>();
        while (await reader.ReadAsync(cancellationToken))
            items.Add(new(reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt32(4), reader.GetBoolean(5), reader.GetBoolean(6), reader.GetInt32(7), reader.GetBoolean(8)));
        return items;
    }
}

public sealed record ActivityStats(string ActivityId, string NodeId, int Started, int Completed, int Uncompleted, bool IsBlocked, bool IsFaulted, int Faults, bool HasRetries);
