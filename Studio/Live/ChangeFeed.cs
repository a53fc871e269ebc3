using System.Collections.Concurrent;
using System.Threading.Channels;
using AgentOS.Kernel.Log;
using AgentOS.Kernel.Notifications;
using AgentOS.Kernel.Sessions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentOS.Studio.Live;

/// <summary>
/// Everything that changes, read once for the process and told to all open pages together. Three things are looked at: the kernel's notifications, the log, and
/// how far the running sessions are, whose entries notify no one (a notification takes a lock of the whole database, and sessions write often).
/// </summary>
public sealed partial class ChangeFeed(KernelNotifications notifications, ActivityLog log, SessionStore sessions, TimeProvider time, ILogger<ChangeFeed> logger) : BackgroundService
{
    /// <summary>Between two looks at the running sessions, while a page is open.</summary>
    private static readonly TimeSpan Pulse = TimeSpan.FromMilliseconds(100);

    /// <summary>Between two rounds of telling: what comes meanwhile goes together.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(25);

    /// <summary>Entries in one round.</summary>
    private const int MostTold = 2 * ActivityLog.ReadAtOnce;

    /// <summary>Anything may be different.</summary>
    private static readonly Hint Anything = new(new("connected", null));

    private readonly ConcurrentDictionary<Listener, byte> _listeners = new();
    private readonly Channel<Arrival> _arrivals = Channel.CreateUnbounded<Arrival>(new() { SingleReader = true });

    private abstract record Arrival;
    private sealed record Hint(KernelNotification Value) : Arrival;
    /// <param name="OnlySays">Nothing is recorded yet: it matters only to who looks at this very session.</param>
    private sealed record Pulsed(SessionPulse Value, bool OnlySays) : Arrival;

    /// <summary>Calls back for every change from now on, on a thread of the pool: return at once, and hand it to the renderer with <c>InvokeAsync</c> from another one, as an idle renderer draws there and then.</summary>
    public IDisposable Listen(Action<ChangeSet> changed)
    {
        var listener = new Listener(this, changed);
        _listeners[listener] = 0;
        // The first one has the log opened at once: what it reads meanwhile, it reads again.
        if (_listeners.Count == 1) _arrivals.Writer.TryWrite(Anything);
        return listener;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.WhenAll(
            KeepAsync(ReadHintsAsync, stoppingToken), KeepAsync(WatchSessionsAsync, stoppingToken), KeepAsync(TellAsync, stoppingToken));
    }

    private async Task ReadHintsAsync(CancellationToken stop)
    {
        await foreach (var hint in notifications.ReadAllAsync(stop)) _arrivals.Writer.TryWrite(new Hint(hint));
    }

    private async Task WatchSessionsAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Pulse, time);
        Dictionary<Guid, SessionPulse> before = [];
        while (await timer.WaitForNextTickAsync(stop))
        {
            if (_listeners.IsEmpty) continue;
            var now = (await sessions.PulseAsync(stop)).ToDictionary(session => session.Id);
            foreach (var session in now.Values)
            {
                before.TryGetValue(session.Id, out var earlier);
                if (earlier != session) _arrivals.Writer.TryWrite(new Pulsed(session, earlier is not null && earlier with { Live = session.Live } == session));
            }

            // Who says nothing any more: its step is over.
            foreach (var gone in before.Values.Where(gone => !now.ContainsKey(gone.Id))) _arrivals.Writer.TryWrite(new Pulsed(gone, true));
            before = now;
        }
    }

    private async Task TellAsync(CancellationToken stop)
    {
        ActivityLog.Reader? reader = null;
        while (await _arrivals.Reader.WaitToReadAsync(stop))
        {
            var arrivals = new List<Arrival>();
            while (_arrivals.Reader.TryRead(out var arrival)) arrivals.Add(arrival);
            if (_listeners.IsEmpty)
            {
                // Nobody looks: the log is not read either.
                reader = null;
                continue;
            }

            if (reader is null)
            {
                // What was written since the page was read, and before this, is not told of.
                reader = await log.OpenAsync(cancellation: stop);
                arrivals.Add(Anything);
            }

            // Every entry of the log rings. It is told together with what else its transaction told of: pages read, and draw, once for both.
            var entries = arrivals.Exists(arrival => arrival is Hint) ? await ReadAsync(reader, stop) : [];
            if (entries.Count >= MostTold)
            {
                // Much was written unheard: pages read anew sooner than all of it would be told.
                reader = await log.OpenAsync(cancellation: stop);
                entries.Clear();
                arrivals.Add(Anything);
            }

            var changes = Together(arrivals, entries);
            foreach (var listener in _listeners.Keys) Tell(listener, changes);
            await Task.Delay(Gap, time, stop);
        }
    }

    private static async Task<List<ActivityEntry>> ReadAsync(ActivityLog.Reader reader, CancellationToken stop)
    {
        List<ActivityEntry> entries = [], next;
        do entries.AddRange(next = await reader.NextAsync(stop));
        while (next.Count == ActivityLog.ReadAtOnce && entries.Count < MostTold);
        return entries;
    }

    private static ChangeSet Together(List<Arrival> arrivals, List<ActivityEntry> entries)
    {
        HashSet<Guid> tasks = [], changed = [];
        HashSet<string> kinds = [];
        var missed = false;
        foreach (var entry in entries)
        {
            kinds.Add(entry.EventType.Split('.', 2)[0]);
            if (entry.TaskId is { } about) tasks.Add(about);
        }

        foreach (var arrival in arrivals)
        {
            switch (arrival)
            {
                case Hint({ Kind: "connected" }):
                    missed = true;
                    break;
                case Hint(var hint):
                    kinds.Add(hint.Kind);
                    if (hint is { Kind: "task" or "goal", Id: { } task }) tasks.Add(task);
                    if (hint is { Kind: "session", Id: { } session }) changed.Add(session);
                    if (hint.Parent is { } parent) tasks.Add(parent);
                    break;
                case Pulsed({ Id: var speaking }, OnlySays: true):
                    changed.Add(speaking);
                    break;
                case Pulsed(var pulse, _):
                    kinds.Add("session");
                    changed.Add(pulse.Id);
                    if (pulse.TaskId is { } worked) tasks.Add(worked);
                    break;
            }
        }

        return new(entries, tasks, changed, kinds, missed);
    }

    private void Tell(Listener listener, ChangeSet changes)
    {
        try
        {
            listener.Changed(changes);
        }
        catch (Exception error)
        {
            NotTold(error); // one page that fails must not leave the others behind
        }
    }

    /// <summary>A database that is away for a while ends nothing: afterwards anything may be different.</summary>
    private async Task KeepAsync(Func<CancellationToken, Task> run, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await run(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is NpgsqlException or IOException or TimeoutException)
            {
                Interrupted(error.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _arrivals.Writer.TryWrite(Anything);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A page could not take a change")]
    private partial void NotTold(Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The open pages are not kept up ({Reason}); trying again")]
    private partial void Interrupted(string reason);

    private sealed class Listener(ChangeFeed feed, Action<ChangeSet> changed) : IDisposable
    {
        public Action<ChangeSet> Changed => changed;

        public void Dispose() => feed._listeners.TryRemove(this, out _);
    }
}
