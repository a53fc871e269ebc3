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

    public async Task<Schedule> EnableAsync(Guid id, bool enabled, CancellationToken cancellation = default) =>
        await database.FirstAsync(
            $"WITH changed AS (UPDATE schedules SET enabled = @enabled WHERE id = @id RETURNING *) SELECT {Schedule.Columns} FROM changed s JOIN agents a ON a.id = s.agent_id",
            Schedule.Read, cancellation, ("id", id), ("enabled", enabled)) ?? throw new NotFoundException("schedule", id);

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
