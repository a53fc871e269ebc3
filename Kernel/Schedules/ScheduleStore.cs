using AgentOS.Kernel.Database;
using Cronos;
using Npgsql;

namespace AgentOS.Kernel.Schedules;

public sealed class ScheduleStore(NpgsqlDataSource database)
{
    public Task<List<Schedule>> ListAsync(CancellationToken cancellation = default) =>
        database.ListAsync($"SELECT {Schedule.Columns} FROM schedules s JOIN agents a ON a.id = s.agent_id ORDER BY a.name, s.cron_expression", Schedule.Read, cancellation);

    public Task<Schedule?> FindAsync(Guid id, CancellationToken cancellation = default) =>
        database.FirstAsync($"SELECT {Schedule.Columns} FROM schedules s JOIN agents a ON a.id = s.agent_id WHERE s.id = @id", Schedule.Read, cancellation, ("id", id));

    /// <summary>The agent's schedule with that expression; made when there is none. It is due at its next slot.</summary>
    /// <exception cref="RefusedException">No cron expression.</exception>
    public async Task<Schedule> EnsureAsync(Guid agentId, string cronExpression, CancellationToken cancellation = default)
    {
        var next = Next(cronExpression, DateTimeOffset.UtcNow) ?? throw new RefusedException($"'{cronExpression}' never comes. Give five fields: minute, hour, day, month, day of week.");
        return (await database.FirstAsync(
            $"""
            WITH made AS (
                INSERT INTO schedules (id, agent_id, cron_expression, next_run) VALUES (@id, @agent, @cron, @next)
                ON CONFLICT (agent_id, cron_expression) DO UPDATE SET cron_expression = EXCLUDED.cron_expression RETURNING *
            )
            SELECT {Schedule.Columns} FROM made s JOIN agents a ON a.id = s.agent_id
            """, Schedule.Read, cancellation, ("id", Guid.CreateVersion7()), ("agent", agentId), ("cron", cronExpression), ("next", next)))!;
    }

    public Task<Schedule> EnableAsync(Guid id, bool enabled, CancellationToken cancellation = default) => ChangeAsync(id, enabled, null, cancellation);

    /// <summary>Switches it on or off, or sets when it is due; null leaves it. Switched on or set anew, it is due at its next slot.</summary>
    /// <exception cref="RefusedException">No cron expression, or the agent has that one already.</exception>
    public async Task<Schedule> ChangeAsync(Guid id, bool? enabled, string? cronExpression, CancellationToken cancellation = default)
    {
        var known = await FindAsync(id, cancellation) ?? throw new NotFoundException("schedule", id);
        var cron = cronExpression ?? known.CronExpression;
        var next = enabled is false && cronExpression is null ? known.NextRun : Next(cron, DateTimeOffset.UtcNow) ?? throw new RefusedException($"'{cron}' never comes. Give five fields: minute, hour, day, month, day of week.");
        try
        {
            return await database.FirstAsync(
                $"""
                WITH changed AS (UPDATE schedules SET enabled = COALESCE(@enabled, enabled), cron_expression = @cron, next_run = @next WHERE id = @id RETURNING *),
                logged AS (
                    INSERT INTO activities (event_type, agent_id, message)
                    SELECT 'schedule.changed', agent_id, 'A duty is due ' || cron_expression || CASE WHEN enabled THEN '' ELSE ', but switched off' END FROM changed
                ), told AS (SELECT pg_notify('agentos', json_build_object('kind', 'schedule', 'id', id)::text) FROM changed)
                SELECT {Schedule.Columns}, (SELECT count(*) FROM told) FROM changed s JOIN agents a ON a.id = s.agent_id
                """, Schedule.Read, cancellation, ("id", id), ("enabled", enabled), ("cron", cron), ("next", next)) ?? throw new NotFoundException("schedule", id);
        }
        catch (PostgresException error) when (error.Is(PostgresErrorCodes.UniqueViolation))
        {
            throw new RefusedException($"{known.AgentName} has a duty at '{cron}' already.", error);
        }
    }

    /// <summary>Makes it due at once, besides its usual slots.</summary>
    /// <exception cref="RefusedException">It is switched off, or its agent is paused.</exception>
    public async Task<Schedule> RunNowAsync(Guid id, CancellationToken cancellation = default) =>
        await database.FirstAsync(
            $"""
            WITH changed AS (UPDATE schedules s SET next_run = now() FROM agents o WHERE s.id = @id AND s.enabled AND o.id = s.agent_id AND NOT o.paused RETURNING s.*),
            logged AS (INSERT INTO activities (event_type, agent_id, message) SELECT 'schedule.due', agent_id, 'A person asked for the duty now' FROM changed),
            told AS (SELECT pg_notify('agentos', json_build_object('kind', 'schedule', 'id', id, 'state', 'due')::text) FROM changed)
            SELECT {Schedule.Columns}, (SELECT count(*) FROM told) FROM changed s JOIN agents a ON a.id = s.agent_id
            """, Schedule.Read, cancellation, ("id", id))
        ?? throw (await FindAsync(id, cancellation) is { } known
            ? new RefusedException(known.Enabled ? $"{known.AgentName} is paused. Resume it first." : $"This duty of {known.AgentName} is switched off. Switch it on first.")
            : new NotFoundException("schedule", id));

    public async Task RemoveAsync(Guid id, CancellationToken cancellation = default)
    {
        if (await database.RunAsync("DELETE FROM schedules WHERE id = @id", cancellation, ("id", id)) == 0) throw new NotFoundException("schedule", id);
    }

    /// <summary>
    /// Takes what is due by the database's clock, each once over all nodes, and sets when it is due next. Slots that were missed count as one.
    /// What holds no cron expression is switched off.
    /// </summary>
    public async Task<List<Schedule>> ClaimDueAsync(CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var now = DateTimeOffset.MinValue;
        var due = await connection.ListAsync(
            $"""
            SELECT {Schedule.Columns}, now() FROM schedules s JOIN agents a ON a.id = s.agent_id
            WHERE s.enabled AND (s.next_run IS NULL OR s.next_run <= now()) AND NOT a.paused ORDER BY s.next_run NULLS FIRST FOR UPDATE OF s SKIP LOCKED
            """, row =>
            {
                now = row.GetFieldValue<DateTimeOffset>(9);
                return Schedule.Read(row);
            }, cancellation);
        if (due.Count == 0) return due;
        var next = due.Select(schedule => TryNext(schedule.CronExpression, now)).ToArray();
        await connection.ListAsync(
            """
            UPDATE schedules s SET last_run = CASE WHEN g.next IS NULL THEN s.last_run ELSE now() END, next_run = g.next, enabled = g.next IS NOT NULL
            FROM unnest(@ids::uuid[], @next::timestamptz[]) AS g(id, next) WHERE s.id = g.id RETURNING s.id
            """, row => row.GetGuid(0), cancellation, ("ids", due.Select(schedule => schedule.Id).ToArray()), ("next", next));
        await transaction.CommitAsync(cancellation);
        return [.. due.Zip(next).Where(pair => pair.Second is not null).Select(pair => pair.First with { LastRun = now, NextRun = pair.Second })];
    }

    /// <summary>The next slot after a moment; five fields, or six with seconds first. In UTC.</summary>
    public static DateTimeOffset? Next(string cronExpression, DateTimeOffset after)
    {
        try
        {
            return Parse(cronExpression).GetNextOccurrence(after, TimeZoneInfo.Utc);
        }
        catch (CronFormatException error)
        {
            throw new RefusedException($"'{cronExpression}' is no cron expression: {error.Message} Give five fields: minute, hour, day, month, day of week.", error);
        }
    }

    private static DateTimeOffset? TryNext(string cronExpression, DateTimeOffset after) =>
        CronExpression.TryParse(cronExpression, Format(cronExpression), out var cron) ? cron.GetNextOccurrence(after, TimeZoneInfo.Utc) : null;

    private static CronExpression Parse(string expression) => CronExpression.Parse(expression, Format(expression));

    private static CronFormat Format(string expression) =>
        expression.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard;
}
