using AgentOS.Engine.Runtime.Database;
using AgentOS.Engine.Runtime.Execution;
using AgentOS.Engine.Runtime.Nodes;

namespace AgentOS.Engine.Runtime.Work;

/// <summary>
/// Finds items that are this node's and that it does not run: the connection broke between their claim and its answer. They go back to the queue, their
/// instances to whoever claims them next. What is found twice in a row is not just on its way.
/// </summary>
internal sealed class LostClaims(EngineDatabase database, Node node, Pump pump, RunningBursts running)
{
    private HashSet<long> _suspected = [];

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
        return lost.Length == 0 ? 0 : await GiveBackAsync(lost, cancellationToken);
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
