using AgentOS.Engine.Runtime.Database;
using Cronos;
using Npgsql;

namespace AgentOS.Engine.Runtime.Timers;

/// <summary>
/// Turns due timers into work. A one-off timer disappears in the statement that asks for its work; a recurring one moves to its next slot
/// in the transaction that asks for this one's: each slot fires once, whatever the number of nodes, and once after a pause.
/// </summary>
public sealed class TimerService(EngineDatabase database)
{
    private const int Batch = 200;

    /// <returns>How many fired, and how long it is to the next by the database's clock (null: there is none).</returns>
    public async Task<(int Fired, TimeSpan? Next)> RunOnceAsync(CancellationToken cancellationToken = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var fired = await FireOnceAsync(connection, cancellationToken) + await FireRecurringAsync(connection, cancellationToken);
        await using var next = new NpgsqlCommand("select min(due_at) - clock_timestamp() from engine.timers", connection);
        return (fired, await next.ExecuteScalarAsync(cancellationToken) is TimeSpan left ? left : null);
    }

    private static async Task<int> FireOnceAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            with due as (
                delete from engine.timers where id in
                    (select id from engine.timers where due_at <= clock_timestamp() and kind = 'once' order by due_at limit $1 for update skip locked)
                returning instance_id, bookmark_id, trigger_id),
            resumed as (
                insert into engine.work (kind, instance_id, bookmark_id) select 'resume', instance_id, bookmark_id from due where bookmark_id is not null returning 1),
            started as (
                insert into engine.work (kind, instance_id, definition_version_id, request)
                select 'start', engine.new_id(), t.definition_version_id, json_build_object('triggerActivityId', t.activity_id)
                from due join engine.triggers t on t.id = due.trigger_id returning 1)
            select (select count(*) from resumed) + (select count(*) from started)
            """, connection) { Parameters = { new() { Value = Batch } } };
        return (int)(long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<int> FireRecurringAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var due = new List<(string Id, DateTime Next)>();
        await using (var select = new NpgsqlCommand(
            "select id, kind, schedule, due_at, clock_timestamp() from engine.timers where due_at <= clock_timestamp() and kind <> 'once' order by due_at limit $1 for update skip locked",
            connection, transaction) { Parameters = { new() { Value = Batch } } })
        await using (var reader = await select.ExecuteReaderAsync(cancellationToken))
            while (await reader.ReadAsync(cancellationToken))
                due.Add((reader.GetString(0), Schedule.Next(reader.GetString(1), reader.GetString(2), reader.GetDateTime(3), reader.GetDateTime(4))));
        if (due.Count == 0) return 0;
        await using var move = new NpgsqlCommand("""
            with moved as (
                update engine.timers t set due_at = u.next, fired = fired + 1 from unnest($1, $2) as u(id, next) where t.id = u.id returning t.trigger_id)
            insert into engine.work (kind, instance_id, definition_version_id, request)
            select 'start', engine.new_id(), t.definition_version_id, json_build_object('triggerActivityId', t.activity_id) from moved join engine.triggers t on t.id = moved.trigger_id
            """, connection, transaction)
        {
            Parameters = { new() { Value = due.Select(x => x.Id).ToArray() }, new() { Value = due.Select(x => x.Next).ToArray() } }
        };
        await move.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return due.Count;
    }
}

/// <summary>When a recurring timer is due next. Slots that were missed are not made up for. Times are UTC.</summary>
internal static class Schedule
{
    /// <summary>For a schedule that never comes again.</summary>
    private static readonly DateTime Never = new(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static DateTime Next(string kind, string schedule, DateTime due, DateTime now) =>
        kind == "cron" ? NextCron(schedule, now) : NextInterval(System.Xml.XmlConvert.ToTimeSpan(schedule), due, now);

    /// <summary>A cron expression of five fields, or six with seconds first.</summary>
    /// <exception cref="CronFormatException">It is none.</exception>
    public static DateTime NextCron(string expression, DateTime now) => Parse(expression).GetNextOccurrence(now) ?? Never;

    public static CronExpression Parse(string expression) =>
        CronExpression.Parse(expression, expression.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length > 5 ? CronFormat.IncludeSeconds : CronFormat.Standard);

    private static DateTime NextInterval(TimeSpan interval, DateTime due, DateTime now)
    {
        if (interval <= TimeSpan.Zero) return Never;
        var missed = Math.Max(0, (now - due).Ticks / interval.Ticks);
        return due.AddTicks((missed + 1) * interval.Ticks);
    }
}
