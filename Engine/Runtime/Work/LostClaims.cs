using AgentOS.Engine.Runtime.Database;
using AgentOS.Engine.Runtime.Execution;
using AgentOS.Engine.Runtime.Nodes;

namespace AgentOS.Engine.Runtime.Work;

/// <summary>
/// Finds what is this node's and that it does not run: the connection broke between a claim and its answer, or whoever claimed an instance was interrupted
/// before it ran. Items go back to the queue, instances to whoever claims them next. What is found twice in a row is not just on its way.
/// </summary>
internal sealed class LostClaims(EngineDatabase database, Node node, Pump pump, RunningBursts running, Reaper reaper)
{
    // To look for instances is to look at all that run and wait.
    private static readonly TimeSpan Seldom = TimeSpan.FromSeconds(20);

    private HashSet<long> _suspected = [];
    private HashSet<(string Id, long Epoch)> _forgotten = [];
    private long _nextLook;

    /// <returns>How many items of work there are more.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken = default)
    {
        var suspected = new HashSet<long>();
        await using (var command = database.CreateCommand("select id from engine.work where owner = $1"))
        {
            command.Parameters.Add(new() { Value = node.Id });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) suspected.Add(reader.GetInt64(0));
        }
        suspected.RemoveWhere(pump.Holds);
        var lost = suspected.Where(_suspected.Contains).ToArray();
        _suspected = suspected;
        var found = lost.Length == 0 ? 0 : await GiveBackAsync(lost, cancellationToken);
        if (Environment.TickCount64 < _nextLook) return found;
        found += await ReleaseForgottenAsync(cancellationToken);
        _nextLook = Environment.TickCount64 + (long)Seldom.TotalMilliseconds;
        return found;
    }

    /// <summary>Lets go of instances that this node holds and does not run, in the same epoch as when they were found before.</summary>
    /// <returns>How many items of work there are more.</returns>
    internal async Task<int> ReleaseForgottenAsync(CancellationToken cancellationToken = default)
    {
        var found = new HashSet<(string Id, long Epoch)>();
        await using (var command = database.CreateCommand("select id, epoch from engine.workflow_instances where status = 'Running' and owner = $1 and id <> all($2)"))
        {
            command.Parameters.Add(new() { Value = node.Id });
            command.Parameters.Add(new() { Value = running.InstanceIds.ToArray() });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) found.Add((reader.GetString(0), reader.GetInt64(1)));
        }
        var forgotten = found.Where(_forgotten.Contains).ToArray();
        _forgotten = found;
        foreach (var (id, epoch) in forgotten) await reaper.ReleaseAsync(id, epoch, cancellationToken);
        return forgotten.Length;
    }

    private async Task<int> GiveBackAsync(long[] lost, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with freed as (update engine.work set owner = null where id = any($1) and owner = $2 returning instance_id, kind),
            released as (
                update engine.workflow_instances set owner = null, epoch = epoch + 1
                where id = any(array(select instance_id from freed where kind <> 'start')) and id <> all($3) and owner = $2)
            select count(*)::int from freed
            """);
        command.Parameters.Add(new() { Value = lost });
        command.Parameters.Add(new() { Value = node.Id });
        command.Parameters.Add(new() { Value = running.InstanceIds.ToArray() });
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
