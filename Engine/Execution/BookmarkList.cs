using System.Collections;
using Elsa.Workflows;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Execution;

/// <summary>The bookmarks of an instance, and what changed about them since the last commit.</summary>
internal sealed class BookmarkList : ICollection<Bookmark>
{
    private readonly List<Bookmark> _items = [];
    private readonly List<Bookmark> _added = [];
    private readonly List<Bookmark> _removed = [];

    public IReadOnlyList<Bookmark> Added => _added;
    public IReadOnlyList<Bookmark> Removed => _removed;
    public int Count => _items.Count;
    public bool IsReadOnly => false;

    /// <summary>Bookmarks that are stored already.</summary>
    public void Restore(IEnumerable<Bookmark> bookmarks) => _items.AddRange(bookmarks);

    public void Add(Bookmark item)
    {
        _items.Add(item);
        _added.Add(item);
    }

    public bool Remove(Bookmark item)
    {
        if (!_items.Remove(item)) return false;
        Forget(item);
        return true;
    }

    public bool Any(ActivityExecutionContext context)
    {
        foreach (var bookmark in _items)
            if (bookmark.ActivityInstanceId == context.Id) return true;
        return false;
    }

    /// <summary>Some execution of the activity waits: journals then say of every other one that it is resumed.</summary>
    public bool AnyAt(string nodeId)
    {
        foreach (var bookmark in _items)
            if (bookmark.ActivityNodeId == nodeId) return true;
        return false;
    }

    public bool RemoveOf(ActivityExecutionContext context)
    {
        if (_items.Count == 0) return false;
        return _items.RemoveAll(bookmark =>
        {
            if (bookmark.ActivityInstanceId != context.Id) return false;
            Forget(bookmark);
            return true;
        }) > 0;
    }

    public IEnumerable<Bookmark> Of(ActivityExecutionContext context) => _items.Where(x => x.ActivityInstanceId == context.Id).ToList();
    public IEnumerable<Bookmark> NewOf(ActivityExecutionContext context) => _added.Where(x => x.ActivityInstanceId == context.Id).ToList();

    public void Clear()
    {
        foreach (var item in _items) Forget(item);
        _items.Clear();
    }

    public void ClearChanges()
    {
        _added.Clear();
        _removed.Clear();
    }

    public bool Contains(Bookmark item) => _items.Contains(item);
    public void CopyTo(Bookmark[] array, int arrayIndex) => _items.CopyTo(array, arrayIndex);
    public IEnumerator<Bookmark> GetEnumerator() => _items.ToList().GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // One that was added and removed between two commits was never there.
    private void Forget(Bookmark item)
    {
        if (!_added.Remove(item)) _removed.Add(item);
    }
}
