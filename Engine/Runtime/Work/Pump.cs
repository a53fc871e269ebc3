using System.Collections.Concurrent;
using AgentOS.Engine.Runtime.Execution;
using AgentOS.Engine.Runtime.Hosting;
using AgentOS.Engine.Runtime.Nodes;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentOS.Engine.Runtime.Work;

/// <summary>
/// Runs work: what this node's own commits claimed for it, and what it finds in the queue when woken, and every <see cref="EngineOptions.PollInterval"/> in case
/// a hint was lost.
/// </summary>
internal sealed partial class Pump(Backlog backlog, WorkRunner runner, RunningBursts running, EngineOptions options, Node node, ILogger<Pump> logger)
{
    private const int Largest = 64;
    private const int Busy = 4;
    private readonly Signal _wake = new();
    private readonly ConcurrentDictionary<long, byte> _held = new();
    private CancellationToken _stop;
    private int _inFlight;
    private volatile bool _runs, _backlogged;

    // How often work was said to wait, and how much of that was said before a look that found none while nothing ran.
    private long _said, _settled;

    /// <summary>How many more items this node may run. None while older ones wait in the queue, so that they go first.</summary>
    public int Room => _runs && !_backlogged && !_stop.IsCancellationRequested ? Math.Max(0, options.MaxConcurrentBursts - Volatile.Read(ref _inFlight)) : 0;

    /// <summary>Whether this node runs the item, or is about to.</summary>
    public bool Holds(long item) => _held.ContainsKey(item);

    public void Wake()
    {
        Interlocked.Increment(ref _said);
        _wake.Set();
    }

    /// <summary>Runs what is claimed already.</summary>
    public void Take(IReadOnlyList<ClaimedWork> claims)
    {
        foreach (var claim in claims)
        {
            Interlocked.Increment(ref _inFlight);
            foreach (var item in claim.Items) _held[item.Claim.Id] = 0;
            _ = Task.Run(() => DoAsync(claim, _stop), CancellationToken.None);
        }
    }

    public async Task RunAsync(CancellationToken stop)
    {
        _stop = stop;
        _runs = true;
        node.Hinted += kind =>
        {
            if (kind == "work") Wake();
        };
        var lookedForCancellations = 0L;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                while (await RunOnceAsync(stop)) { }
                if (Environment.TickCount64 - lookedForCancellations > options.PollInterval.TotalMilliseconds / 2)
                {
                    await CancelRequestedAsync(stop);
                    lookedForCancellations = Environment.TickCount64;
                }
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException && !stop.IsCancellationRequested)
            {
                LogFailed(exception.Message);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
            await _wake.WaitAsync(options.PollInterval, stop);
            // A busy node takes several items at a time rather than each alone.
            if (Volatile.Read(ref _inFlight) > Busy) await Task.WhenAny(Task.Delay(2, stop));
        }
        // What is still running is interrupted by the host and goes on elsewhere.
        while (Volatile.Read(ref _inFlight) > 0) await _wake.WaitAsync(TimeSpan.FromMilliseconds(50), CancellationToken.None);
    }

    /// <returns>Whether there may be more.</returns>
    private async Task<bool> RunOnceAsync(CancellationToken stop)
    {
        var said = Interlocked.Read(ref _said);
        var free = Math.Min(Largest, options.MaxConcurrentBursts - Volatile.Read(ref _inFlight));
        _backlogged = free <= 0;
        if (_backlogged) return false;
        // An instance that runs may have work that waits for it: only when nothing runs is nothing left.
        var idle = Volatile.Read(ref _inFlight) == 0;
        var claims = await backlog.ClaimAsync(free, stop);
        if (idle && claims.Count == 0) Interlocked.Exchange(ref _settled, said);
        Take(claims);
        return _backlogged = claims.Sum(x => x.Items.Count) == free;
    }

    private async Task DoAsync(ClaimedWork claim, CancellationToken stop)
    {
        try
        {
            await runner.RunAsync(claim, stop);
        }
        catch (Exception exception)
        {
            LogItem(exception, claim.Items[0].Kind, claim.Items[0].InstanceId);
        }
        finally
        {
            foreach (var item in claim.Items) _held.TryRemove(item.Claim.Id, out _);
            Interlocked.Decrement(ref _inFlight);
            // Items that waited for this instance, or for a free place.
            if (_backlogged || stop.IsCancellationRequested || Interlocked.Read(ref _said) != Interlocked.Read(ref _settled)) _wake.Set();
        }
    }

    private async Task CancelRequestedAsync(CancellationToken stop)
    {
        if (running.Count == 0) return;
        foreach (var id in await backlog.CancelRequestedAsync(running.InstanceIds, stop)) running.Interrupt(id);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The queue of work could not be read and is tried again: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Work of kind {Kind} for workflow instance {Instance} failed.")]
    private partial void LogItem(Exception exception, string kind, string instance);
}
