using AgentOS.Engine.Runtime.Database;
using System.Threading.Channels;
using Npgsql;

namespace AgentOS.Engine.Runtime.Commits;

/// <summary>
/// Writes bursts. What arrives while a lane is writing is written together next: one transaction, one round trip, one fsync for many bursts.
/// When a group is refused, its members are written one by one, so that only the guilty one fails.
/// </summary>
public sealed class Committer : IAsyncDisposable
{
    private const int LargestGroup = 64;
    private readonly Channel<Pending> _queue = Channel.CreateUnbounded<Pending>();
    private readonly EngineDatabase _database;
    private readonly string _node;
    private readonly Task[] _lanes;

    /// <param name="database">Where to write.</param>
    /// <param name="node">The id of this node, which the fences compare with the owner.</param>
    /// <param name="lanes">Transactions at a time. Two let one lane's fsync overlap with the other's inserts.</param>
    public Committer(EngineDatabase database, string node, int lanes = 2)
    {
        (_database, _node) = (database, node);
        _lanes = [.. Enumerable.Range(0, lanes).Select(_ => Task.Run(RunAsync))];
    }

    /// <summary>Called after a commit that asked for work or set timers. What it claimed for this node has to be run.</summary>
    public event Action<CommitEffects>? Committed;

    /// <summary>How much of the work that a commit asks for this node does itself.</summary>
    public Func<int> Room { get; set; } = () => 0;

    /// <summary>Returns when the burst is durable.</summary>
    /// <exception cref="FencedException">This node is no longer the owner, or the instance exists already: nothing was written, and the run must be abandoned.</exception>
    public Task CommitAsync(InstanceCommit commit)
    {
        var pending = new Pending(commit);
        ObjectDisposedException.ThrowIf(!_queue.Writer.TryWrite(pending), this);
        return pending.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await Task.WhenAll(_lanes);
    }

    private async Task RunAsync()
    {
        await using var lane = new CommitLane(_database);
        var group = new List<Pending>(LargestGroup);
        while (await _queue.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < LargestGroup && _queue.Reader.TryRead(out var pending)) group.Add(pending);
            if (group.Count == 0) continue;
            if (await TryWriteAsync(lane, group) is not { } refusal) continue;
            // It was chosen to give way to one that waited for it: there is nothing wrong with it.
            if (group.Count == 1 && refusal is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected } && (refusal = await TryWriteAsync(lane, group)) is null) continue;
            if (group.Count == 1) group[0].SetException(refusal);
            else
                foreach (var one in group)
                    if (await TryWriteAsync(lane, [one]) is { } reason) one.SetException(reason);
        }
    }

    private async Task<Exception?> TryWriteAsync(CommitLane lane, List<Pending> group)
    {
        CommitEffects effects;
        try
        {
            var batch = await lane.ReadyAsync();
            foreach (var pending in group) batch.Add(pending.Commit, _node);
            batch.ClaimFor(_node, Room());
            var claims = await lane.WriteAsync();
            effects = new(claims.Taken, claims.LeavesWork, batch.SetsTimers);
        }
        catch (PostgresException exception) when (exception.SqlState is FencedException.SqlState or PostgresErrorCodes.UniqueViolation)
        {
            return new FencedException(group[0].Commit.Instance?.Id, exception);
        }
        catch (Exception exception)
        {
            return exception;
        }
        foreach (var pending in group) pending.SetResult();
        if (effects is not { Claimed.Count: 0, LeavesWork: false, SetsTimers: false }) Committed?.Invoke(effects);
        return null;
    }

    private sealed class Pending(InstanceCommit commit) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public InstanceCommit Commit { get; } = commit;
    }
}

/// <param name="Claimed">Work that the commit asked for and that is this node's.</param>
/// <param name="LeavesWork">Whether it asked for work that anybody may claim.</param>
public sealed record CommitEffects(IReadOnlyList<Work.ClaimedWork> Claimed, bool LeavesWork, bool SetsTimers);

/// <summary>Another node has taken the instance over, or it was started or deleted elsewhere. The run that gets this must stop and write nothing more.</summary>
public sealed class FencedException(string? instanceId, Exception inner)
    : Exception($"Workflow instance {instanceId} is no longer this node's to write ({inner.Message}). The run was abandoned; its owner goes on from the last commit.", inner)
{
    internal const string SqlState = "EN001";

    /// <summary>The unique constraint that was hit, if it was one.</summary>
    public string? Constraint => (InnerException as PostgresException)?.ConstraintName;
}
