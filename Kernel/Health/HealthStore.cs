using System.Diagnostics;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Tasks;
using Npgsql;

namespace AgentOS.Kernel.Health;

/// <param name="LatencyMs">Of one round trip.</param>
public sealed record DatabaseHealth(string Version, string Name, long SizeBytes, int Connections, int MaxConnections, double LatencyMs, int Migration, string MigrationName, DateTimeOffset MigratedAt);

/// <summary>How a model did lately.</summary>
/// <param name="Error">What its last failed call said; null: none failed.</param>
public sealed record ModelHealth(string Provider, string Model, int Calls, string? Error, DateTimeOffset? FailedAt);

/// <summary>A task in the middle of its work that nothing happens to.</summary>
public sealed record StalledTask(Guid Id, string Title, TaskState Status, string? AgentName, DateTimeOffset Since);

/// <param name="Queues">What waits in the kernel's tables.</param>
/// <param name="Models">Those that were called in the last seven days.</param>
public sealed record KernelHealth(DatabaseHealth Database, IReadOnlyList<QueueDepth> Queues, IReadOnlyList<ModelHealth> Models, IReadOnlyList<StalledTask> Stalled);

/// <summary>How the database and what it holds are doing.</summary>
public sealed class HealthStore(NpgsqlDataSource database)
{
    /// <summary>Longer than a step takes as a rule: checks, and models that think for long, are slow.</summary>
    public static readonly TimeSpan Stalled = TimeSpan.FromMinutes(30);

    private const int MostShown = 50;

    public async Task<KernelHealth> ReadAsync(CancellationToken cancellation = default) =>
        new(await DatabaseAsync(cancellation), await QueuesAsync(cancellation), await ModelsAsync(cancellation), await StalledAsync(cancellation));

    private async Task<DatabaseHealth> DatabaseAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var began = Stopwatch.GetTimestamp();
        await using (var ask = new NpgsqlCommand("SELECT 1", connection)) await ask.ExecuteScalarAsync(cancellation);
        var latency = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        return (await connection.ListAsync(
            """
            SELECT current_setting('server_version'), current_database()::text, pg_database_size(current_database()), (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend'),
                current_setting('max_connections')::int, m.number, m.name, m.applied_at
            FROM schema_migrations m ORDER BY m.number DESC LIMIT 1
            """, reader =>
            {
                var row = new Row(reader);
                return new DatabaseHealth(row.Text(), row.Text(), row.Long(), row.Number(), row.Number(), latency, row.Number(), row.Text(), row.Time());
            }, cancellation))[0];
    }

    private Task<List<QueueDepth>> QueuesAsync(CancellationToken cancellation) =>
        database.ListAsync(
            """
            SELECT 'Tasks that wait for a worker', count(*), extract(epoch FROM now() - min(waiting_since))::int FROM tasks WHERE waiting_since IS NOT NULL
            UNION ALL SELECT 'Merges in the queue', count(*), extract(epoch FROM now() - min(created_at))::int FROM merges WHERE state = 'queued'
            UNION ALL SELECT 'Merges being tested or landing', count(*), extract(epoch FROM now() - min(created_at))::int FROM merges WHERE state IN ('testing', 'landing')
            UNION ALL SELECT 'Calls of models under way', count(*), extract(epoch FROM now() - min(started_at))::int FROM model_calls WHERE outcome = 'started'
            UNION ALL SELECT 'Sessions at work', count(*), extract(epoch FROM now() - min(started_at))::int FROM agent_sessions WHERE status = 'running'
            UNION ALL SELECT 'News on their way to webhooks', count(*), extract(epoch FROM now() - min(created_at))::int FROM webhook_deliveries WHERE state = 'pending'
            """, reader =>
            {
                var row = new Row(reader);
                return new QueueDepth(row.Text(), row.Long(), row.OptionalNumber() is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
            }, cancellation);

    private Task<List<ModelHealth>> ModelsAsync(CancellationToken cancellation) =>
        database.ListAsync(
            $"""
            SELECT c.provider, c.model, c.calls, f.error, f.ended_at FROM (
                SELECT provider, model, sum(calls)::int AS calls FROM model_costs WHERE day > (now() AT TIME ZONE 'UTC')::date - 7 GROUP BY 1, 2
            ) c LEFT JOIN LATERAL (
                SELECT left(error, 1000) AS error, ended_at FROM model_calls m WHERE m.outcome = 'failed' AND m.provider = c.provider AND m.model = c.model ORDER BY ended_at DESC LIMIT 1
            ) f ON TRUE ORDER BY c.calls DESC, 1, 2 LIMIT {MostShown}
            """, reader =>
            {
                var row = new Row(reader);
                return new ModelHealth(row.Text(), row.Text(), row.Number(), row.OptionalText(), row.OptionalTime());
            }, cancellation);

    private Task<List<StalledTask>> StalledAsync(CancellationToken cancellation) =>
        database.ListAsync(
            $"""
            SELECT t.id, t.title, t.status, a.name, t.updated_at FROM tasks t LEFT JOIN agents a ON a.id = t.assignee_id
            WHERE t.kind = 'code' AND t.status IN ('in_progress', 'review') AND t.updated_at < now() - @stalled
                AND NOT EXISTS (SELECT FROM agent_sessions s WHERE s.task_id = t.id AND s.status = 'running' AND (s.started_at > now() - @stalled
                    OR EXISTS (SELECT FROM session_entries e WHERE e.session_id = s.id AND e.seq = s.entry_count - 1 AND e.created_at > now() - @stalled)))
                AND NOT EXISTS (SELECT FROM activities l WHERE l.task_id = t.id AND l.created_at > now() - @stalled)
            ORDER BY t.updated_at LIMIT {MostShown}
            """, reader =>
            {
                var row = new Row(reader);
                return new StalledTask(row.Id(), row.Text(), row.Word<TaskState>(), row.OptionalText(), row.Time());
            }, cancellation, ("stalled", Stalled));
}
