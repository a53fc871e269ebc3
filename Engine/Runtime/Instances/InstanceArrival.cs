using System.Text.Json;
using System.Text.Json.Nodes;
using AgentOS.Engine.Runtime.Database;
using AgentOS.Engine.Runtime.Execution;
using AgentOS.Engine.State;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using Elsa.Workflows.State;
using Npgsql;

namespace AgentOS.Engine.Runtime.Instances;

/// <summary>Instances that come from elsewhere: their state, and the bookmarks and timers by which they go on.</summary>
internal sealed class InstanceArrival(EngineDatabase database)
{
    private const string Upsert = """
        insert into engine.workflow_instances (id, definition_id, definition_version_id, version, status, sub_status, correlation_id, name, parent_id, incident_count, is_system,
            created_at, updated_at, finished_at, state)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::json)
        on conflict (id) do update set status = excluded.status, sub_status = excluded.sub_status, correlation_id = excluded.correlation_id, name = excluded.name,
            incident_count = excluded.incident_count, updated_at = excluded.updated_at, finished_at = excluded.finished_at, state = excluded.state, epoch = workflow_instances.epoch + 1
        where workflow_instances.owner is null
        """;

    private const string Bookmarked = """
        insert into engine.bookmarks (id, instance_id, execution_id, activity_id, node_id, name, hash, correlation_id, payload, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9::json, $10)
        """;

    /// <summary>All of them, or none.</summary>
    /// <exception cref="FormatException">One is no state of an instance.</exception>
    /// <exception cref="InstanceBusyException">Somebody runs one that is there already.</exception>
    public async Task AcceptAsync(IEnumerable<JsonElement> states, CancellationToken cancellationToken = default)
    {
        var read = states.Select(Read).ToList();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var state in read) await AcceptAsync(state, connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public async Task AcceptAsync(WorkflowState state, CancellationToken cancellationToken = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await AcceptAsync(state, connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task AcceptAsync(WorkflowState state, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            if (await ExecuteAsync(connection, Upsert, cancellationToken, state.Id, state.DefinitionId, state.DefinitionVersionId, state.DefinitionVersion, state.Status.ToString(), state.SubStatus.ToString(),
                    state.CorrelationId, state.Name, state.ParentWorkflowInstanceId, state.Incidents.Count, state.IsSystem, state.CreatedAt.UtcDateTime, state.UpdatedAt.UtcDateTime,
                    state.FinishedAt?.UtcDateTime, WorkflowStateJson.Serialize(state)) == 0)
                throw new InstanceBusyException(state.Id);
            // What it waited for before goes with its old state.
            await ExecuteAsync(connection, "delete from engine.bookmarks where instance_id = $1", cancellationToken, state.Id);
            if (state.Status == WorkflowStatus.Finished) return;
            foreach (var bookmark in state.Bookmarks)
            {
                await ExecuteAsync(connection, Bookmarked, cancellationToken, bookmark.Id, state.Id, bookmark.ActivityInstanceId ?? "", bookmark.ActivityId, bookmark.ActivityNodeId, bookmark.Name,
                    bookmark.Hash, state.CorrelationId, EngineJson.ToElement(bookmark.Payload).GetRawText(), bookmark.CreatedAt.UtcDateTime);
                if ((Timers.TimedBookmarks.DueAt(bookmark) ?? PlainDueAt(bookmark)) is { } due)
                    await ExecuteAsync(connection, "insert into engine.timers (id, due_at, kind, instance_id, bookmark_id) values ($1, $2, 'once', $3, $1)", cancellationToken, bookmark.Id, due, state.Id);
            }
            if (state.IsExecuting) await ExecuteAsync(connection, "insert into engine.work (kind, instance_id) values ('continue', $1)", cancellationToken, state.Id);
        }
        // Values that a column does not take (22), that contradict others (23), that are too long for an index (54).
        catch (PostgresException refused) when (refused.SqlState[..2] is "22" or "23" or "54")
        {
            throw new FormatException($"Instance '{state.Id}' cannot be imported: {refused.MessageText}. Look at its file, and at the instances that are there already.");
        }
    }

    // From a file the payload is plain: its type belongs to the activity. These are the names under which timers keep their time.
    private static DateTime? PlainDueAt(Bookmark bookmark) => bookmark.Name is "Elsa.Delay" or "Elsa.Timer" or "Elsa.Cron" or "Elsa.StartAt" && bookmark.Payload is IDictionary<string, object?> payload
        && (Value(payload, "resumeAt") ?? Value(payload, "executeAt")) is { } text && DateTimeOffset.TryParse(text.ToString(), System.Globalization.CultureInfo.InvariantCulture, out var due) ? due.UtcDateTime : null;

    private static object? Value(IDictionary<string, object?> payload, string name) => payload.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private static WorkflowState Read(JsonElement json)
    {
        try
        {
            var state = WorkflowStateReader.Read(JsonElement.Parse(Plain(JsonNode.Parse(json.GetRawText(), documentOptions: new() { MaxDepth = EngineJson.MaxDepth * 2 }), [])!.ToJsonString()));
            state.FinishedAt = state.Status == WorkflowStatus.Finished ? state.FinishedAt ?? state.UpdatedAt : null;
            return state;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or ArgumentException or NullReferenceException)
        {
            throw new FormatException($"This is no state of a workflow instance: {broken.Message}");
        }
    }

    // Elsa writes every object with a number and names those that come again by it.
    private static JsonNode? Plain(JsonNode? node, Dictionary<string, JsonNode?> known)
    {
        switch (node)
        {
            case JsonObject map when map["$ref"] is JsonValue reference:
                return known.GetValueOrDefault(reference.ToString())?.DeepClone();
            case JsonObject map:
                JsonNode? plain = map["$values"] is JsonArray values ? new JsonArray([.. values.Select(value => Plain(value, known))])
                    : new JsonObject(map.Where(member => member.Key != "$id").Select(member => KeyValuePair.Create(member.Key, Plain(member.Value, known))));
                if (map["$id"] is JsonValue id) known[id.ToString()] = plain;
                return plain;
            case JsonArray list:
                return new JsonArray([.. list.Select(value => Plain(value, known))]);
            default:
                return node?.DeepClone();
        }
    }

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
