using AgentOS.Engine.Runtime.Database;
using AgentOS.Engine.Runtime.Nodes;
using Npgsql;

namespace AgentOS.Engine.Runtime.Work;

/// <summary>The queue of starts and resumptions. Items and the instances they are for are claimed in one statement.</summary>
public sealed class Backlog(EngineDatabase database, Node node)
{
    /// <summary>Claims up to <paramref name="limit"/> items whose instances nobody runs.</summary>
    public async Task<IReadOnlyList<ClaimedWork>> ClaimAsync(int limit, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("""
            with candidates as (
                select w.id from engine.work w
                where w.owner is null and w.available_at <= now()
                    -- For each item by its key: as an anti-join it may come to reading all instances.
                    and (select i.owner from engine.workflow_instances i where i.id = w.instance_id) is null
                order by w.id limit $2 for update of w skip locked),
            claimed as (
                update engine.work w set owner = $1, attempts = attempts + 1 from candidates c where w.id = c.id
                returning w.id, w.attempts, w.kind, w.instance_id, w.definition_version_id, w.bookmark_id, w.hash, w.correlation_id, w.parent_id, w.request, w.owner),
            instances as (
                -- Who holds one is not waited for: whoever deletes it waits for its work, which is held here.
                update engine.workflow_instances i set owner = $1, epoch = epoch + 1
                where i.id = any(array(select w.id from engine.workflow_instances w where w.id = any(array(select distinct instance_id from claimed where kind <> 'start'))
                    and w.owner is null and w.finished_at is null for no key update skip locked))
                returning i.id, i.epoch, i.definition_version_id, i.takeovers, i.state)
            select c.id, c.attempts, c.kind, c.instance_id, c.definition_version_id, c.bookmark_id, c.hash, c.correlation_id, c.parent_id, c.request, i.*, c.owner
            from claimed c left join instances i on i.id = c.instance_id and c.kind <> 'start' order by c.id
            """);
        command.Parameters.Add(new() { Value = node.Id });
        command.Parameters.Add(new() { Value = limit });
        var claims = new Claims();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken)) await claims.ReadAsync(reader, cancellationToken);
        if (claims.Homeless.Count > 0) await SettleAsync(claims.Homeless, cancellationToken);
        return claims.Taken;
    }

    /// <summary>Claims one instance that nobody runs, to run it at once. Null when it is busy, finished or unknown.</summary>
    public async Task<InstanceClaim?> ClaimInstanceAsync(string id, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("""
            update engine.workflow_instances set owner = $1, epoch = epoch + 1 where id = $2 and owner is null and finished_at is null
            returning id, epoch, definition_version_id, takeovers, state
            """);
        command.Parameters.Add(new() { Value = node.Id });
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new(reader.GetString(0), reader.GetInt64(1), reader.GetString(2), reader.GetInt32(3), reader.GetString(4)) : null;
    }

    /// <summary>Lets go of an instance without changing it, and drops the items that turned out to have nothing to do.</summary>
    public async Task ReleaseAsync(InstanceClaim claim, IEnumerable<WorkItem> done, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("""
            with done as (delete from engine.work where id = any($4) and owner = $2)
            update engine.workflow_instances set owner = null where id = $1 and owner = $2 and epoch = $3
            """);
        command.Parameters.Add(new() { Value = claim.Id });
        command.Parameters.Add(new() { Value = node.Id });
        command.Parameters.Add(new() { Value = claim.Epoch });
        command.Parameters.Add(new() { Value = done.Select(x => x.Claim.Id).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Lets go of an instance that cannot be run, and shows it as interrupted. Whoever asks for it again gives it a new chance.</summary>
    public async Task InterruptAsync(InstanceClaim claim, IEnumerable<WorkItem> items, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("""
            with done as (delete from engine.work where id = any($4) and owner = $2)
            update engine.workflow_instances set owner = null, sub_status = 'Interrupted', takeovers = 0, updated_at = now() where id = $1 and owner = $2 and epoch = $3
            """);
        command.Parameters.Add(new() { Value = claim.Id });
        command.Parameters.Add(new() { Value = node.Id });
        command.Parameters.Add(new() { Value = claim.Epoch });
        command.Parameters.Add(new() { Value = items.Select(x => x.Claim.Id).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Replaces the state of a claimed instance, and lets go of it.</summary>
    public async Task WriteStateAsync(InstanceClaim claim, string state, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("update engine.workflow_instances set owner = null, state = $4::json where id = $1 and owner = $2 and epoch = $3");
        command.Parameters.Add(new() { Value = claim.Id });
        command.Parameters.Add(new() { Value = node.Id });
        command.Parameters.Add(new() { Value = claim.Epoch });
        command.Parameters.Add(new() { Value = state });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Puts an item back, to be tried again after <paramref name="delay"/>.</summary>
    public async Task RetryAsync(WorkItem item, TimeSpan delay, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("update engine.work set owner = null, available_at = now() + $3 where id = $1 and owner = $2");
        command.Parameters.Add(new() { Value = item.Claim.Id });
        command.Parameters.Add(new() { Value = node.Id });
        command.Parameters.Add(new() { Value = delay });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Drops an item that cannot be done.</summary>
    public async Task DropAsync(WorkItem item, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("delete from engine.work where id = $1 and owner = $2");
        command.Parameters.Add(new() { Value = item.Claim.Id });
        command.Parameters.Add(new() { Value = node.Id });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<bool> IsRunningAsync(string id, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("select exists (select from engine.workflow_instances where id = $1 and finished_at is null)");
        command.Parameters.Add(new() { Value = id });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Whether it runs, or is asked to start.</summary>
    public async Task<bool> IsKnownAsync(string id, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("""
            select exists (select from engine.workflow_instances where id = $1 and finished_at is null) or exists (select from engine.work where instance_id = $1 and kind = 'start')
            """);
        command.Parameters.Add(new() { Value = id });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Which of these running instances somebody wants to cancel.</summary>
    public async Task<IReadOnlyList<string>> CancelRequestedAsync(IEnumerable<string> instanceIds, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("select distinct instance_id from engine.work where kind = 'cancel' and instance_id = any($1)");
        command.Parameters.Add(new() { Value = instanceIds.ToArray() });
        return await ReadIdsAsync(command, cancellationToken);
    }

    /// <summary>The running instances that this one started.</summary>
    public async Task<IReadOnlyList<string>> ChildrenAsync(string instanceId, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("""
            select id from engine.workflow_instances where parent_id = $1 and status = 'Running'
            union select instance_id from engine.work where kind = 'start' and parent_id = $1
            """);
        command.Parameters.Add(new() { Value = instanceId });
        return await ReadIdsAsync(command, cancellationToken);
    }

    internal static async Task<IReadOnlyList<string>> ReadIdsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) ids.Add(reader.GetString(0));
        return ids;
    }

    // Items whose instance could not be claimed: it is finished or gone (then they are too), or became busy just now.
    private async Task SettleAsync(List<WorkItem> items, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with gone as (
                delete from engine.work w where w.id = any($1) and w.owner = $2
                    and not exists (select from engine.workflow_instances i where i.id = w.instance_id and i.finished_at is null)
                    and (w.kind = 'cancel' or not exists (select from engine.work s where s.kind = 'start' and s.instance_id = w.instance_id))
                returning id, kind, instance_id),
            unstarted as (
                delete from engine.work s using gone g where g.kind = 'cancel' and s.kind = 'start' and s.instance_id = g.instance_id and s.owner is null)
            update engine.work set owner = null where id = any($1) and owner = $2 and id not in (select id from gone)
            """);
        command.Parameters.Add(new() { Value = items.Select(x => x.Claim.Id).ToArray() });
        command.Parameters.Add(new() { Value = node.Id });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
