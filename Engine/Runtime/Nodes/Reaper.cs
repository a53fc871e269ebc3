using AgentOS.Engine.Runtime.Database;
using System.Collections.Concurrent;
using Npgsql;

namespace AgentOS.Engine.Runtime.Nodes;

/// <summary>Finds dead nodes and gives back what they held: their items of work to the queue, their instances to whoever goes on with them.</summary>
public sealed class Reaper(EngineDatabase database, Node node)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);
    private bool _owed;
    private long _nextLook;
    private readonly ConcurrentQueue<(string InstanceId, long Epoch)> _later = new();

    /// <returns>How many items of work there are more.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken = default)
    {
        while (_later.TryPeek(out var lost))
        {
            await ReleaseAsync(lost.InstanceId, lost.Epoch, cancellationToken);
            _later.TryDequeue(out _);
        }
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        // Only a death leaves something behind. To look for what it left is to look at all that runs, so that is done after one, and now and then.
        _owed |= await BuryAsync(connection, cancellationToken) > 0 || Environment.TickCount64 >= _nextLook;
        if (!_owed) return 0;
        await using var command = new NpgsqlCommand("""
            with alive as materialized (select id from engine.nodes where alive_until > now()),
            freed as (
                update engine.work set owner = null where id in
                    (select id from engine.work where owner is not null and owner not in (select id from alive) for update skip locked)
                returning 1),
            orphans as (
                update engine.workflow_instances set owner = null, epoch = epoch + 1, takeovers = takeovers + 1 where id in
                    (select id from engine.workflow_instances where status = 'Running' and owner is not null and owner not in (select id from alive) for update skip locked)
                returning id),
            asked as (insert into engine.work (kind, instance_id) select 'continue', id from orphans returning 1)
            select (select count(*) from freed) + (select count(*) from asked)
            """, connection);
        var found = (int)(long)(await command.ExecuteScalarAsync(cancellationToken))!;
        _owed = false;
        _nextLook = Environment.TickCount64 + (long)Longest.TotalMilliseconds;
        return found;
    }

    /// <summary>Gives back an instance that this node holds but no longer runs, because its commit failed.</summary>
    public async Task ReleaseAsync(string instanceId, long epoch, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("""
            with mine as (update engine.workflow_instances set owner = null, epoch = epoch + 1, takeovers = takeovers + 1 where id = $1 and epoch = $2 and owner = $3 returning id)
            insert into engine.work (kind, instance_id, available_at) select 'continue', id, now() + interval '1 second' from mine
            """);
        command.Parameters.Add(new() { Value = instanceId });
        command.Parameters.Add(new() { Value = epoch });
        command.Parameters.Add(new() { Value = node.Id });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The same, as soon as the database answers again.</summary>
    public void ReleaseLater(string instanceId, long epoch) => _later.Enqueue((instanceId, epoch));

    // Whoever can take a node's lock knows that its connection is gone. A node that only lost its connection writes its row again.
    private async Task<int> BuryAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var others = new List<(string Id, long Lock)>();
        await using (var list = new NpgsqlCommand("select id, lock_key from engine.nodes where id <> $1", connection) { Parameters = { new() { Value = node.Id } } })
        await using (var reader = await list.ExecuteReaderAsync(cancellationToken))
            while (await reader.ReadAsync(cancellationToken)) others.Add((reader.GetString(0), reader.GetInt64(1)));
        var buried = 0;
        foreach (var (id, key) in others)
        {
            await using var bury = new NpgsqlCommand("""
                delete from engine.nodes where id = $1
                    and (alive_until < now() or (pg_try_advisory_xact_lock($2) and started_at < now() - interval '2 seconds'))
                """, connection)
            {
                Parameters = { new() { Value = id }, new() { Value = key } }
            };
            buried += await bury.ExecuteNonQueryAsync(cancellationToken);
        }
        return buried;
    }
}
