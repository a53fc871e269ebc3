using AgentOS.Engine.Runtime.Database;
using AgentOS.Engine.State;
using Elsa.Workflows.Models;
using Npgsql;

namespace AgentOS.Engine.Runtime.Instances;

/// <summary>What the engine is at, for people who look after it.</summary>
public sealed class EngineReport(EngineDatabase database)
{
    /// <summary>Further than this nothing is counted: the answer stays quick, and the difference tells nobody anything.</summary>
    private const int CountedTo = 100_000;

    internal const string Definitions = """
        with counted as (
            select definition_id, count(*) filter (where sub_status <> 'Suspended') as running, count(*) filter (where sub_status = 'Suspended') as suspended, 0::bigint as faulted
            from engine.workflow_instances where status = 'Running' group by 1
            union all
            select definition_id, 0, 0, count(*) from engine.workflow_instances where sub_status = 'Faulted' group by 1
        ), together as (select definition_id, sum(running)::bigint as running, sum(suspended)::bigint as suspended, sum(faulted)::bigint as faulted from counted group by 1)
        select d.definition_id, d.name, d.description, d.version, coalesce(t.running, 0), coalesce(t.suspended, 0), coalesce(t.faulted, 0)
        from engine.workflow_definitions d left join together t on t.definition_id = d.definition_id
        where d.is_published and not d.is_system order by d.definition_id limit 500
        """;

    internal const string Faulted = """
        select id, definition_id, name, correlation_id, updated_at, state from engine.workflow_instances where sub_status = 'Faulted' order by updated_at desc, id desc limit $1
        """;

    private static readonly string Queues = $"""
        select (select count(*) from engine.work where owner is null and available_at <= now()), (select count(*) from engine.work where owner is not null),
            (select extract(epoch from now() - min(available_at))::float8 from engine.work where owner is null and available_at <= now()),
            (select count(*) from (select from engine.bookmarks limit {CountedTo}) b), (select count(*) from (select from engine.bookmark_queue limit {CountedTo}) q),
            (select count(*) from engine.timers where due_at < now() - interval '10 seconds')
        """;

    /// <summary>The published definitions, with what runs of them.</summary>
    public Task<List<DefinitionReport>> DefinitionsAsync(CancellationToken cancellationToken = default) =>
        ListAsync(Definitions, row => new DefinitionReport(row.GetString(0), Text(row, 1), Text(row, 2), row.GetInt32(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6)), cancellationToken);

    /// <summary>What has faulted last, with the message of its last incident.</summary>
    public Task<List<FaultReport>> FaultedAsync(int limit = 20, CancellationToken cancellationToken = default) =>
        ListAsync(Faulted, row => new FaultReport(row.GetString(0), row.GetString(1), Text(row, 2), Text(row, 3), row.GetFieldValue<DateTimeOffset>(4),
            WorkflowStateReader.Read(row.GetString(5)).Incidents.LastOrDefault()), cancellationToken, limit);

    public async Task<QueueReport> QueuesAsync(CancellationToken cancellationToken = default) =>
        (await ListAsync(Queues, row => new QueueReport(row.GetInt64(0), row.GetInt64(1), row.IsDBNull(2) ? null : TimeSpan.FromSeconds(row.GetDouble(2)), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5)), cancellationToken))[0];

    public Task<List<NodeReport>> NodesAsync(CancellationToken cancellationToken = default) =>
        ListAsync("select id, name, started_at, alive_until, alive_until > now() from engine.nodes order by started_at", row =>
            new NodeReport(row.GetString(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2), row.GetFieldValue<DateTimeOffset>(3), row.GetBoolean(4)), cancellationToken);

    private async Task<List<T>> ListAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in parameters) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<T>();
        while (await reader.ReadAsync(cancellationToken)) found.Add(read(reader));
        return found;
    }

    private static string? Text(NpgsqlDataReader row, int at) => row.IsDBNull(at) ? null : row.GetString(at);
}

/// <param name="Running">Those that wait for something are in <paramref name="Suspended"/>.</param>
public sealed record DefinitionReport(string DefinitionId, string? Name, string? Description, int Version, long Running, long Suspended, long Faulted);

/// <param name="Incident">The last one; null: nothing was said.</param>
public sealed record FaultReport(string Id, string DefinitionId, string? Name, string? CorrelationId, DateTimeOffset At, ActivityIncident? Incident);

/// <param name="Ready">Work that no node has taken yet.</param>
/// <param name="OldestReady">How long the oldest of it waits.</param>
/// <param name="EarlyEvents">Events that nobody waited for yet.</param>
/// <param name="LateTimers">Due for more than ten seconds.</param>
public sealed record QueueReport(long Ready, long Taken, TimeSpan? OldestReady, long Bookmarks, long EarlyEvents, long LateTimers);

public sealed record NodeReport(string Id, string Name, DateTimeOffset StartedAt, DateTimeOffset AliveUntil, bool IsAlive);
