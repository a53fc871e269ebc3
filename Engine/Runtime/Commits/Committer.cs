using AgentOS.Engine.Runtime.Database;
using Npgsql;

namespace AgentOS.Engine.Runtime.Commits;

/// <summary>
/// Writes bursts. What arrives while a lane is writing is written together next: one transaction, one round trip, one fsync for many bursts.
/// When a group is refused, its members are written one by one, so that only the guilty one fails.
/// </summary>
public sealed class Committer : IAsyncDisposable
{
    private const int LargestGroup = 64;

    // What a group costs beside its members is more than they do: while one is being written, the next begins when so many wait, or when the first is done.
    private const int WorthAnotherLane = 4;

    // But not longer than this: the first may wait for a lock.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(5);

    private readonly EngineDatabase _database;
    private readonly string _node;
    private readonly Lock _lock = new();
    private readonly Queue<Pending> _waiting = new();
    private readonly Stack<CommitLane> _idle = new();
    private readonly ExecutionContext _context = ExecutionContext.Capture() ?? throw new InvalidOperationException("A committer is made where the execution context flows.");
    private readonly Timer _impatience;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _writing;
    private bool _holdsBack, _closed;

    /// <param name="database">Where to write.</param>
    /// <param name="node">The id of this node, which the fences compare with the owner.</param>
    /// <param name="lanes">Transactions at a time. Two let one lane's fsync overlap with the other's inserts.</param>
    public Committer(EngineDatabase database, string node, int lanes = 2)
    {
        (_database, _node) = (database, node);
        for (var lane = 0; lane < lanes; lane++) _idle.Push(new(_database));
        _impatience = new(static committer => ((Committer)committer!).BeginAtLast(), this, Timeout.Infinite, Timeout.Infinite);
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
        List<Group> groups;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _waiting.Enqueue(pending);
            groups = Begin();
        }
        Write(groups);
        return pending.Task;
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _closed = true;
            if (_writing == 0) _drained.TrySetResult();
        }
        await _drained.Task;
        await _impatience.DisposeAsync();
        foreach (var lane in _idle) await lane.DisposeAsync();
    }

    /// <summary>Under the lock: gives lanes to what waits, where there is enough to do.</summary>
    private List<Group> Begin()
    {
        List<Group> groups = [];
        while (_idle.Count > 0 && _waiting.Count >= (_writing == 0 ? 1 : WorthAnotherLane)) groups.Add(Take(_idle.Pop()));
        if (_holdsBack || _idle.Count == 0 || _waiting.Count == 0) return groups;
        _holdsBack = true;
        _impatience.Change(Patience, Timeout.InfiniteTimeSpan);
        return groups;
    }

    private void BeginAtLast()
    {
        List<Group> groups = [];
        lock (_lock)
        {
            _holdsBack = false;
            if (_waiting.Count > 0 && _idle.TryPop(out var lane)) groups.Add(Take(lane));
        }
        Write(groups);
    }

    private Group Take(CommitLane lane)
    {
        var members = new List<Pending>(Math.Min(_waiting.Count, LargestGroup));
        while (members.Count < LargestGroup && _waiting.TryDequeue(out var pending)) members.Add(pending);
        _writing++;
        return new(lane, members);
    }

    /// <summary>
    /// Sends them from the thread that is here already: to wake another would take longer. But not in the context of whoever commits: what runs after it, at once
    /// if the answer is quick, is not part of that one's HTTP request.
    /// </summary>
    private void Write(List<Group> groups)
    {
        if (groups.Count == 0) return;
        ExecutionContext.Run(_context, static state =>
        {
            var (committer, groups) = ((Committer, List<Group>))state!;
            foreach (var group in groups) _ = committer.RunAsync(group);
        }, (this, groups));
    }

    private async Task RunAsync(Group group)
    {
        try
        {
            await WriteAsync(group.Lane, group.Members);
        }
        finally
        {
            List<Group> next;
            lock (_lock)
            {
                _writing--;
                _idle.Push(group.Lane);
                next = Begin();
                if (_closed && _writing == 0) _drained.TrySetResult();
            }
            Write(next);
        }
    }

    private async Task WriteAsync(CommitLane lane, List<Pending> group)
    {
        if (await TryWriteAsync(lane, group) is not { } refusal) return;
        // It was chosen to give way to one that waited for it: there is nothing wrong with it.
        if (group.Count == 1 && refusal is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected } && (refusal = await TryWriteAsync(lane, group)) is null) return;
        if (group.Count == 1) group[0].SetException(refusal);
        else
            foreach (var one in group)
                if (await TryWriteAsync(lane, [one]) is { } reason) one.SetException(reason);
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

    private readonly record struct Group(CommitLane Lane, List<Pending> Members);

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
