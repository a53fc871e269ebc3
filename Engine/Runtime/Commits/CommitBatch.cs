using AgentOS.Engine.Runtime.Events;
using Npgsql;

namespace AgentOS.Engine.Runtime.Commits;

/// <summary>
/// The statements that write any number of bursts in one round trip and one transaction. The fences come first, so that a stale burst undoes everything.
/// </summary>
internal sealed class CommitBatch
{
    private readonly InsertInstances _newInstances = new();
    private readonly UpdateInstances _instances = new();
    private readonly FinishWork _done = new();
    private readonly BurnBookmarks _burned = new();
    private readonly InsertBookmarks _bookmarks = new();
    private readonly InsertTimers _timers = new();
    private readonly InsertJournal _journal = new();
    private readonly InsertExecutions _newExecutions = new();
    private readonly UpdateExecutions _executions = new();
    private readonly InsertWork _work = new();
    private readonly StimulusStatement _stimuli = new(), _stimuliToOne = new(toOneInstance: true);
    private readonly TakeEarlyEvents _early = new();
    private readonly ColumnStatement[] _all;

    public CommitBatch() =>
        _all = [_newInstances, _instances, _done, _burned, _bookmarks, _timers, _journal, _newExecutions, _executions, _work, _stimuli, _stimuliToOne, _early];

    /// <summary>The statements in their order; for tests that stop between any two.</summary>
    public IEnumerable<NpgsqlBatchCommand> Commands => _all.Where(x => x.Count > 0).Select(x => x.Command);

    /// <summary>Whether bookmarks of this batch, once it was executed, took events that were sent before them: that is work nobody has claimed.</summary>
    public bool TookEarlyEvents => _early.Count > 0 && _early.Command.RecordsAffected > 0;

    public bool SetsTimers => _timers.Count > 0;

    public void Clear()
    {
        foreach (var statement in _all) statement.Clear();
    }

    /// <summary>What is asked for is this node's to do, as far as it has room.</summary>
    public void ClaimFor(string node, int room)
    {
        _work.ClaimFor(node, room);
        _stimuli.ClaimFor(node, room);
        _stimuliToOne.ClaimFor(node, room);
    }

    public void Add(InstanceCommit commit, string node)
    {
        foreach (var row in commit.Dispatched) _work.Add(row);
        foreach (var row in commit.Published) (row is { InstanceId: not null, BookmarkId: null } ? _stimuliToOne : _stimuli).Add(row);
        if (commit.Instance is not { Id: var id }) return;
        if (commit.Epoch == 0) _newInstances.Add(commit, node);
        else _instances.Add(commit, node);
        foreach (var item in commit.Done) _done.Add(item, node);
        foreach (var bookmark in commit.BurnedBookmarks) _burned.Add(bookmark);
        foreach (var row in commit.NewBookmarks)
        {
            _bookmarks.Add(id, row);
            _early.Add(row.Id);
        }
        foreach (var row in commit.Timers) _timers.Add(id, row);
        foreach (var row in commit.Journal) _journal.Add(id, row);
        foreach (var row in commit.NewExecutions) _newExecutions.Add(id, row);
        foreach (var row in commit.ChangedExecutions) _executions.Add(id, row);
    }
}
