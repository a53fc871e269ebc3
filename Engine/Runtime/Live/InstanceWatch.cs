using AgentOS.Engine.Runtime.Database;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AgentOS.Engine.Runtime.Live;

/// <summary>
/// Tells those who watch an instance that it has changed. It looks at the rows of what is watched, and only at those: so it sees
/// what any node commits, costs nothing while nobody watches, and adds nothing to the commits themselves.
/// </summary>
internal sealed partial class InstanceWatch(EngineDatabase database, WatchedInstances watched, IHubContext<WorkflowInstanceHub, IInstanceViewer> hub, ILogger<InstanceWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    // Changes with every write of the row, also with one that leaves all its values as they were.
    private const string Versions = "select id, xmin::text from engine.workflow_instances where id = any($1)";

    private const string Stats = """
        select activity_id, node_id, count(*)::int, (count(*) filter (where completed_at is not null))::int, (count(*) filter (where completed_at is null))::int,
            bool_or(has_bookmarks and completed_at is null), bool_or(status = 'Faulted'), sum(fault_count)::int, bool_or(has_retries)
        from engine.activity_executions where instance_id = $1 group by activity_id, node_id
        """;

    private Dictionary<string, string> _seen = new(StringComparer.Ordinal);
    private Dictionary<string, HashSet<LiveStats>> _stats = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await watched.SomeoneAsync(stoppingToken);
                await RunOnceAsync(stoppingToken);
                await timer.WaitForNextTickAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogFailure(exception.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken);
            }
        }
    }

    private async Task RunOnceAsync(CancellationToken cancellation)
    {
        var instances = watched.All();
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        await using (var command = database.CreateCommand(Versions))
        {
            command.Parameters.Add(new() { Value = instances });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation)) seen[reader.GetString(0)] = reader.GetString(1);
        }

        // The first look is told too: something may have been written between the page's reading and its listening.
        foreach (var (instance, version) in seen)
            if (!_seen.TryGetValue(instance, out var before) || before != version) await TellAsync(instance, cancellation);
        _seen = seen;
        _stats = _stats.Where(pair => seen.ContainsKey(pair.Key)).ToDictionary(StringComparer.Ordinal);
    }

    private async Task TellAsync(string instance, CancellationToken cancellation)
    {
        var stats = await StatsAsync(instance, cancellation);
        var changed = _stats.TryGetValue(instance, out var before) ? Changed(before, stats) : stats;
        _stats[instance] = [.. stats];
        var viewers = hub.Clients.Group(instance);
        if (changed.Count > 0) await viewers.ActivityExecutionLogUpdatedAsync(new(changed));
        await viewers.WorkflowExecutionLogUpdatedAsync(new());
        await viewers.WorkflowInstanceUpdatedAsync(new(instance));
    }

    // With what changed, as Elsa does: the containers on the way to it.
    private static List<LiveStats> Changed(HashSet<LiveStats> before, List<LiveStats> now)
    {
        var changed = now.Where(one => !before.Contains(one)).Select(one => one.ActivityNodeId).ToList();
        return [.. now.Where(one => changed.Exists(node => node.StartsWith(one.ActivityNodeId, StringComparison.Ordinal) && (node.Length == one.ActivityNodeId.Length || node[one.ActivityNodeId.Length] == ':')))];
    }

    private async Task<List<LiveStats>> StatsAsync(string instance, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Stats);
        command.Parameters.Add(new() { Value = instance });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var result = new List<LiveStats>();
        while (await reader.ReadAsync(cancellation))
            result.Add(new(reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt32(4), reader.GetBoolean(5), reader.GetBoolean(6), reader.GetInt32(7)) { HasRetries = reader.GetBoolean(8) });
        return result;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Those who watch instances could not be told of changes; trying again: {Reason}")]
    private partial void LogFailure(string reason);
}
