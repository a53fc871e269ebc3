using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Agents;

/// <summary>An agent at a glance.</summary>
/// <param name="Purpose">Of the running session, where there is one.</param>
/// <param name="Sessions">How many of it run at once.</param>
/// <param name="CostToday">What its model calls cost since midnight (UTC).</param>
/// <param name="NextDuty">When its heartbeat is due.</param>
public sealed record AgentGlance(
    Guid Id, string Name, AgentRole Role, AgentStatus Status, bool Paused, string Model, DateTimeOffset? LastHeartbeat, DateTimeOffset? NextDuty, bool IsOnline,
    Guid? TaskId, string? TaskTitle, bool IsGoal, string? Purpose, DateTimeOffset? Since, int Sessions, decimal CostToday)
{
    internal static AgentGlance Read(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.Id(), row.Text(), row.Word<AgentRole>(), row.Word<AgentStatus>(), row.Truth(), row.Text(), row.OptionalTime(), row.OptionalTime(), row.Truth(),
            row.OptionalId(), row.OptionalText(), row.Truth(), row.OptionalText(), row.OptionalTime(), row.Number(), row.Money());
    }
}

public sealed partial class AgentStore
{
    /// <summary>Without a sign of life for longer than this, an agent is not online: more than two heartbeats of the slowest duty.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(12);

    /// <summary>What every agent does. By index: for each agent its running sessions, and those of today for the cost.</summary>
    public async Task<ValueList<AgentGlance>> TeamAsync(CancellationToken cancellation = default) => new(await database.ListAsync(
        """
        WITH day AS (SELECT date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS start)
        SELECT a.id, a.name, a.role, a.status, a.paused, a.model, a.last_heartbeat, d.next, COALESCE(a.last_heartbeat > now() - @silence, FALSE) OR r.id IS NOT NULL,
            t.id, t.title, COALESCE(t.kind = 'goal', FALSE), r.purpose, COALESCE(r.started_at, a.claimed_at), COALESCE(r.count, 0)::int, COALESCE(c.cost, 0)
        FROM agents a CROSS JOIN day
        LEFT JOIN LATERAL (SELECT s.*, count(*) OVER () AS count FROM agent_sessions s WHERE s.agent_id = a.id AND s.status = 'running' ORDER BY s.started_at DESC LIMIT 1) r ON TRUE
        LEFT JOIN tasks t ON t.id = COALESCE(r.task_id, a.current_task_id)
        LEFT JOIN LATERAL (SELECT min(next_run) AS next FROM schedules WHERE agent_id = a.id AND enabled) d ON TRUE
        LEFT JOIN LATERAL (
            -- Of a session that began before midnight only the calls since then.
            SELECT sum(CASE WHEN s.started_at >= day.start THEN s.cost_usd ELSE (SELECT COALESCE(sum(m.cost_usd), 0) FROM model_calls m WHERE m.session_id = s.id AND m.started_at >= day.start) END) AS cost
            FROM agent_sessions s WHERE s.agent_id = a.id AND s.started_at >= day.start - interval '2 days' AND (s.stopped_at IS NULL OR s.stopped_at >= day.start)
        ) c ON TRUE
        WHERE a.removed_at IS NULL
        ORDER BY CASE a.role WHEN 'orchestrator' THEN 0 WHEN 'worker' THEN 1 ELSE 2 END, a.created_at, a.name
        """, AgentGlance.Read, cancellation, ("silence", Silence)));
}
