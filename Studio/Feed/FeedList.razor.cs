using AgentOS.Kernel.Log;
using AgentOS.Studio.Live;
using Microsoft.AspNetCore.Components;

namespace AgentOS.Studio.Feed;

public sealed partial class FeedList(ActivityLog log, ChangeFeed changes)
{
    private const int PageLength = 60;

    /// <summary>Looks back at a time for one page: each goes through so many entries as the log allows.</summary>
    private const int Looks = 5;

    /// <summary>Entries that one page keeps: further back leads a narrower filter.</summary>
    private const int Most = 3000;

    private readonly List<ActivityEntry> _entries = [];
    private readonly HashSet<long> _known = [];
    private IDisposable? _listening;
    private LogFilter? _shown;
    private long? _before;
    private int _waiting;
    private bool _isRead, _isReading, _isAway, _mayHaveMissed, _isGone;

    [Parameter] public LogFilter Filter { get; set; } = new();

    /// <summary>Beside something else: two short lines for each entry.</summary>
    [Parameter] public bool IsNarrow { get; set; }

    private bool HasMore => _before is not null && _entries.Count < Most;

    protected override async Task OnParametersSetAsync()
    {
        if (Filter == _shown) return;
        _shown = Filter;
        if (RendererInfo.IsInteractive) _listening ??= changes.Listen(Changed);
        _entries.Clear();
        _known.Clear();
        (_isRead, _before) = (false, null);
        await ReadNewestAsync();
    }

    public void Dispose()
    {
        _isGone = true;
        _listening?.Dispose();
    }

    private async Task ReadNewestAsync()
    {
        (_waiting, _mayHaveMissed) = (0, false);
        var filter = Filter;
        var page = await log.LookBackAsync(filter, limit: PageLength);
        if (filter != Filter) return;
        // What is older is read again when it is wanted: between it and this page may be some that nobody has read. What was told meanwhile stays.
        _entries.RemoveAll(entry => entry.Position < page.Before && _known.Remove(entry.Position));
        Keep(page);
        _isRead = true;
        if (_entries.Count == 0 && _before is not null) await ReadOnAsync();
    }

    private async Task ReadOnAsync()
    {
        if (_isReading || !HasMore) return;
        _isReading = true;
        var (filter, wanted) = (Filter, _entries.Count + 1);
        for (var look = 0; look < Looks && _entries.Count < wanted && _before is { } before && filter == Filter; look++)
        {
            var page = await log.LookBackAsync(filter, before, PageLength);
            // Read from the newest on meanwhile: it does not follow on those.
            if (filter == Filter && before == _before) Keep(page);
        }

        _isReading = false;
    }

    private void Keep(LogPage page)
    {
        _before = page.Before;
        foreach (var entry in page.Entries) Insert(entry);
    }

    private void Changed(ChangeSet changed)
    {
        if (changed.Missed || changed.Log.Any(Filter.Holds)) _ = Task.Run(() => TakeAsync(changed));
    }

    private Task TakeAsync(ChangeSet changed) => InvokeAsync(async () =>
    {
        if (_isGone) return;
        var mine = changed.Log.Where(Filter.Holds).ToList();
        if (mine.Count == 0 && !changed.Missed) return;
        if (_isAway)
        {
            _waiting += mine.Count(entry => !_known.Contains(entry.Position));
            _mayHaveMissed |= changed.Missed;
        }
        else
        {
            foreach (var entry in mine) Insert(entry);
            Trim();
            if (changed.Missed) await ReadNewestAsync();
        }

        StateHasChanged();
    });

    /// <summary>What was committed late comes after younger ones, and belongs before them.</summary>
    private void Insert(ActivityEntry entry)
    {
        if (!_known.Add(entry.Position)) return;
        var at = _entries.Count > 0 && entry.Position < _entries[^1].Position ? _entries.Count : 0;
        while (at < _entries.Count && _entries[at].Position > entry.Position) at++;
        _entries.Insert(at, entry);
    }

    /// <summary>Who is at the top sees the newest: what a page of long standing has gathered below is read again when it is wanted.</summary>
    private void Trim()
    {
        if (_entries.Count <= 2 * PageLength) return;
        foreach (var entry in _entries.Skip(PageLength)) _known.Remove(entry.Position);
        _entries.RemoveRange(PageLength, _entries.Count - PageLength);
        _before = _entries[^1].Position;
    }

    /// <summary>Who reads further down is not pushed about by what is new. It is only counted: a page may be left like this for days.</summary>
    private async Task AwayAsync(FeedAwayEventArgs args)
    {
        if (args.Away) _isAway = true;
        else await ShowNewestAsync();
    }

    private async Task ShowNewestAsync()
    {
        _isAway = false;
        if (_waiting > 0 || _mayHaveMissed) await ReadNewestAsync();
    }
}

/// <summary>The reader left the top of a feed, or is back (see circuit.js).</summary>
public sealed class FeedAwayEventArgs : EventArgs
{
    public bool Away { get; set; }
}

[EventHandler("onfeedaway", typeof(FeedAwayEventArgs), enableStopPropagation: true, enablePreventDefault: false)]
[EventHandler("onfeedend", typeof(EventArgs), enableStopPropagation: true, enablePreventDefault: false)]
public static class EventHandlers;
