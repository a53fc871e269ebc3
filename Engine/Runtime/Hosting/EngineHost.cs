using AgentOS.Engine.Runtime.Commits;
using AgentOS.Engine.Runtime.Database;
using AgentOS.Engine.Runtime.Definitions;
using AgentOS.Engine.Runtime.Events;
using AgentOS.Engine.Runtime.Execution;
using AgentOS.Engine.Runtime.Nodes;
using AgentOS.Engine.Runtime.Timers;
using AgentOS.Engine.Runtime.Work;
using Elsa.Workflows;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AgentOS.Engine.Runtime.Hosting;

/// <summary>The life of the engine on this node: migrate, join, seed, then the background duties until the host stops.</summary>
internal sealed partial class EngineHost(
    EngineDatabase database, EngineOptions options, Node node, Committer committer, Pump pump, TimerService timers, Reaper reaper, StimulusQueue stimuli,
    DefinitionChanges changes, CompositeCatalog composites, Seeder seeder, IActivityRegistry activities, RunningBursts running, ILogger<EngineHost> logger) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Signal _timersWake = new(), _definitionsWake = new();
    private Task _duties = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Migrate) await Migrator.ApplyAsync(database.Source, cancellationToken);
        foreach (var type in options.ActivityAssemblies.SelectMany(x => x.GetTypes()).Where(x => x is { IsAbstract: false, IsGenericTypeDefinition: false } && typeof(IActivity).IsAssignableFrom(x)))
            await activities.RegisterAsync(type, cancellationToken);
        await node.StartAsync(cancellationToken);
        await changes.CheckAsync(cancellationToken);
        await composites.RefreshAsync(cancellationToken);
        if (options.WorkflowsFolder is { } folder && Directory.Exists(folder)) await seeder.RunAsync(folder, cancellationToken);

        committer.Committed += (asksForWork, setsTimers) =>
        {
            if (asksForWork) WorkArrived();
            if (setsTimers) _timersWake.Set();
        };
        changes.Changed += _timersWake.Set;
        node.Hinted += kind =>
        {
            if (kind == "definitions") _definitionsWake.Set();
        };
        List<Task> duties = [LoopAsync("definitions", CheckDefinitionsAsync, _definitionsWake)];
        if (options.RunWork)
            duties.AddRange([
                Task.Run(() => pump.RunAsync(_stop.Token), CancellationToken.None),
                LoopAsync("timers", FireTimersAsync, _timersWake),
                LoopAsync("dead nodes", ReapAsync, new Signal()),
                LoopAsync("early events", SweepAsync, new Signal())
            ]);
        _duties = Task.WhenAll(duties);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        running.InterruptAll();
        await _duties.WaitAsync(cancellationToken);
        await committer.DisposeAsync();
        await node.DisposeAsync();
    }

    public void Dispose() => _stop.Dispose();

    private void WorkArrived()
    {
        if (options.RunWork) pump.Wake();
        else _ = node.HintAsync("work");
    }

    private async Task<TimeSpan> FireTimersAsync(CancellationToken stop)
    {
        var (fired, next) = await timers.RunOnceAsync(stop);
        if (fired > 0) WorkArrived();
        return next is { } left && left < options.PollInterval ? left : options.PollInterval;
    }

    private async Task<TimeSpan> ReapAsync(CancellationToken stop)
    {
        if (await reaper.RunOnceAsync(stop) > 0) WorkArrived();
        return Reaper.Interval;
    }

    private async Task<TimeSpan> SweepAsync(CancellationToken stop)
    {
        if (await stimuli.SweepAsync(stop) > 0) WorkArrived();
        return options.PollInterval;
    }

    private async Task<TimeSpan> CheckDefinitionsAsync(CancellationToken stop)
    {
        await changes.CheckAsync(stop);
        await composites.RefreshAsync(stop);
        return options.PollInterval;
    }

    private Task LoopAsync(string duty, Func<CancellationToken, Task<TimeSpan>> runOnce, Signal wake) => Task.Run(async () =>
    {
        while (!_stop.IsCancellationRequested)
        {
            var pause = options.PollInterval;
            try
            {
                pause = await runOnce(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
            {
                LogDuty(duty, exception.Message);
            }
            await wake.WaitAsync(pause, _stop.Token);
        }
    });

    [LoggerMessage(Level = LogLevel.Warning, Message = "The duty '{Duty}' failed and is tried again: {Reason}")]
    private partial void LogDuty(string duty, string reason);
}
