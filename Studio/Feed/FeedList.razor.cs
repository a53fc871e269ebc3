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
    private readonly List<ActivityEntry> _new = [];
    private readonly HashSet<long> _known = [];
    private IDisposable? _listening;
    private LogFilter? _shown;
    private long? _before;
    private bool _isRead, _isReading, _isAway, _isGone;

    [Parameter] public LogFilter Filter { get; set; } = new();

    /// <summary>Beside something else: two short lines for each entry.</summary>
    [Parameter] public bool IsNarrow { get; set; }

    private bool HasMore => _before is not null && _entries.Count < Most;

    protected override async Task OnParametersSetAsync()
    {
        if (Filter == _shown) return;
        _shown = Filter;
        if (RendererInfo.IsInteractive) _listening ??= changes.Listen(Changed);
        await BeginAsync();
    }

    public void Dispose()
    {
        _isGone = true;
        _listening?.Dispose();
    }

    private async Task BeginAsync()
    {
        _entries.Clear();
        _new.Clear();
        _known.Clear();
        (_isRead, _before) = (false, null);
        var filter = Filter;
        var page = await log.LookBackAsync(filter, limit: PageLength);
        if (filter != Filter) return;
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
            if (filter == Filter) Keep(page);
        }

        _isReading = false;
    }

    private void Keep(LogPage page)
    {
        _before = page.Before;
        foreach (var entry in page.Entries) Insert(_entries, entry);
    }

    private void Changed(ChangeSet changed)
    {
        if (changed.Missed || changed.Log.Any(Filter.Holds)) _ = Task.Run(() => TakeAsync(changed));
    }

    private Task TakeAsync(ChangeSet changed) => InvokeAsync(async () =>
    {
        if (_isGone || !_isRead) return;
        if (changed.Missed && !_isAway)
        {
            await BeginAsync();
            StateHasChanged();
            return;
        }

        var mine = changed.Log.Where(Filter.Holds).ToList();
        if (mine.Count == 0) return;
        foreach (var entry in mine) Insert(_isAway ? _new : _entries, entry);
        if (!_isAway) Trim();
        StateHasChanged();
    });

    /// <summary>What was committed late comes after younger ones, and belongs before them.</summary>
    private void Insert(List<ActivityEntry> list, ActivityEntry entry)
    {
        if (!_known.Add(entry.Position)) return;
        var at = list.Count > 0 && entry.Position < list[^1].Position ? list.Count : 0;
        while (at < list.Count && list[at].Position > entry.Position) at++;
        list.Insert(at, entry);
    }

    /// <summary>Who is at the top sees the newest: what a page of long standing has gathered below is read again when it is wanted.</summary>
    private void Trim()
    {
        if (_entries.Count <= 2 * PageLength) return;
        foreach (var entry in _entries.Skip(PageLength)) _known.Remove(entry.Position);
        _entries.RemoveRange(PageLength, _entries.Count - PageLength);
        _before = _entries[^1].Position;
    }

    /// <summary>Who reads further down is not pushed about by what is new.</summary>
    private void Away(FeedAwayEventArgs args)
    {
        _isAway = args.Away;
        if (!_isAway) ShowNew();
    }

    private void ShowNew()
    {
        _entries.InsertRange(0, _new);
        _new.Clear();
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
