using AgentOS.Engine.Runtime.Database;
using AgentOS.Engine.Runtime.Hosting;
using AgentOS.Engine.Runtime.Work;

namespace AgentOS.Engine.Runtime.Events;

/// <summary>Stimuli that nobody waits for yet.</summary>
internal sealed class StimulusQueue(EngineDatabase database, EngineOptions options)
{
    /// <summary>When a stimulus that finds nobody is forgotten.</summary>
    public DateTime ExpiryOf(string? instanceId, string? correlationId, TimeProvider time) =>
        time.GetUtcNow().UtcDateTime + (instanceId is null && correlationId is null ? options.EarlyBroadcastRetention : options.EarlyEventRetention);

    /// <summary>Keeps the event of a resumption whose bookmark is gone for the next listener of that instance; the item of work becomes the kept event.</summary>
    public async Task KeepAsync(WorkItem item, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with kept as (select request -> 'input' as input, hash, instance_id from engine.work where id = $1 and hash is not null)
            insert into engine.bookmark_queue (name, hash, instance_id, input, expires_at) select '', hash, instance_id, input, now() + $2 from kept
            """);
        command.Parameters.Add(new() { Value = item.Claim.Id });
        command.Parameters.Add(new() { Value = options.EarlyEventRetention });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Brings together what was committed at the same moment without seeing each other, and forgets what has expired.</summary>
    /// <returns>How many items of work there are more.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken = default)
    {
        await using var take = database.CreateCommand(EarlyEvents.TakeSql());
        var asked = await take.ExecuteNonQueryAsync(cancellationToken);
        await using var forget = database.CreateCommand("delete from engine.bookmark_queue where expires_at < now()");
        await forget.ExecuteNonQueryAsync(cancellationToken);
        return asked;
    }
}
