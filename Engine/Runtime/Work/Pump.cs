using AgentOS.Engine.Runtime.Execution;
using AgentOS.Engine.Runtime.Hosting;
using AgentOS.Engine.Runtime.Nodes;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentOS.Engine.Runtime.Work;

/// <summary>Claims work and runs it: when woken, and every <see cref="EngineOptions.PollInterval"/> in case a hint was lost.</summary>
internal sealed partial class Pump(Backlog backlog, WorkRunner runner, RunningBursts running, EngineOptions options, Node node, ILogger<Pump> logger)
{
    private const int Largest = 64;
    private const int Busy = 4;
    private readonly Signal _wake = new();
    private int _inFlight;

    public void Wake() => _wake.Set();

    public async Task RunAsync(CancellationToken stop)
    {
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
        var free = Math.Min(Largest, options.MaxConcurrentBursts - Volatile.Read(ref _inFlight));
        if (free <= 0) return false;
        var claims = await backlog.ClaimAsync(free, stop);
        foreach (var claim in claims)
        {
            Interlocked.Increment(ref _inFlight);
            _ = Task.Run(() => DoAsync(claim, stop), CancellationToken.None);
        }
        return claims.Sum(x => x.Items.Count) == free;
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
            Interlocked.Decrement(ref _inFlight);
            // Items that waited for this instance, or for a free place.
            Wake();
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
