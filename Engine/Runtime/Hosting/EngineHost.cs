using AgentOS.Engine.Runtime.Commits;
using AgentOS.Engine.Runtime.Database;
using AgentOS.Engine.Runtime.Definitions;
using AgentOS.Engine.Runtime.Events;
using AgentOS.Engine.Runtime.Execution;
using AgentOS.Engine.Runtime.Instances;
using AgentOS.Engine.Runtime.Nodes;
using AgentOS.Engine.Runtime.Timers;
using AgentOS.Engine.Runtime.Work;
using Elsa.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AgentOS.Engine.Runtime.Hosting;

/// <summary>The life of the engine on this node: migrate, join, seed, then the background duties until the host stops.</summary>
internal sealed partial class EngineHost(
    EngineDatabase database, EngineOptions options, Node node, Committer committer, Pump pump, TimerService timers, Reaper reaper, LostClaims lost, StimulusQueue stimuli,
    DefinitionChanges changes, CompositeCatalog composites, Seeder seeder, IActivityRegistry activities, RunningBursts running, Retention retention, IServiceScopeFactory scopes, ILogger<EngineHost> logger) : IHostedService, IDisposable
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

        committer.Committed += effects =>
        {
            pump.Take(effects.Claimed);
            if (effects.LeavesWork) WorkArrived();
            if (effects.SetsTimers) _timersWake.Set();
        };
        committer.Room = () => pump.Room;
        changes.Changed += _timersWake.Set;
        node.Hinted += kind =>
        {
            if (kind == "definitions") _definitionsWake.Set();
        };
        List<Task> duties = [LoopAsync("definitions", CheckDefinitionsAsync, _definitionsWake)];
        if (options.Faulted is { } faulted) node.Faulted += instance => _ = Task.Run(() => TellFaultAsync(faulted, instance));
        if (options.RunWork)
            duties.AddRange([
                Task.Run(() => pump.RunAsync(_stop.Token), CancellationToken.None),
                LoopAsync("timers", FireTimersAsync, _timersWake),
                LoopAsync("dead nodes", ReapAsync, new Signal()),
                LoopAsync("early events", SweepAsync, new Signal())
            ]);
        if (options is { RunWork: true, Retention.Policies.Count: > 0 }) duties.Add(LoopAsync("retention", DeleteOldAsync, new Signal()));
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

    private async Task TellFaultAsync(Func<IServiceProvider, string?, CancellationToken, Task> faulted, string? instance)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await faulted(scope.ServiceProvider, instance, _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The next start looks for it.
        }
        catch (Exception exception)
        {
            LogDuty("faults", exception.Message);
        }
    }

    private async Task<TimeSpan> FireTimersAsync(CancellationToken stop)
    {
        var (fired, next) = await timers.RunOnceAsync(stop);
        if (fired > 0) WorkArrived();
        return next is { } left && left < options.PollInterval ? left : options.PollInterval;
    }

    private async Task<TimeSpan> ReapAsync(CancellationToken stop)
    {
        if (await reaper.RunOnceAsync(stop) + await lost.RunOnceAsync(stop) > 0) WorkArrived();
        return Reaper.Interval;
    }

    private async Task<TimeSpan> SweepAsync(CancellationToken stop)
    {
        if (await stimuli.SweepAsync(stop) > 0) WorkArrived();
        return options.PollInterval;
    }

    private async Task<TimeSpan> DeleteOldAsync(CancellationToken stop)
    {
        await retention.RunOnceAsync(stop);
        return options.Retention.SweepInterval;
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
