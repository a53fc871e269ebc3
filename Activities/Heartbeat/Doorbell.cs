using AgentOS.Activities.Coding;
using AgentOS.Activities.Planning;
using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Notifications;
using AgentOS.Kernel.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AgentOS.Activities.Heartbeat;

/// <summary>
/// Turns the kernel's notifications into signals for workflows, so that nothing waits for a heartbeat. It decides nothing: who is woken looks for itself.
/// After a (re)connection, when hints may have been missed, all duties are done once.
/// </summary>
public sealed partial class Doorbell(KernelNotifications notifications, IServiceScopeFactory scopes, ILogger<Doorbell> log) : BackgroundService
{
    /// <summary>Hints at a time. They are about different tasks as a rule, and who is woken looks for itself: their order means nothing.</summary>
    private const int AtOnce = 16;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Parallel.ForEachAsync(notifications.ReadAllAsync(stoppingToken).Where(IsHeard), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken }, async (hint, stop) =>
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await RingAsync(hint, scope.ServiceProvider, stop);
            }
            catch (Exception error) when (!stop.IsCancellationRequested)
            {
                // One hint must not silence the bell; the heartbeat finds what it meant.
                NotRung(hint.Kind, hint.Id, error);
            }
        });

    private static bool IsHeard(KernelNotification hint) => hint.Kind is "connected" or "left" or "worker_free" or "message" or "review" or "task" or "goal" or "schedule";

    internal static async Task RingAsync(KernelNotification hint, IServiceProvider services, CancellationToken cancellation)
    {
        var signals = services.GetRequiredService<Signals>();
        switch (hint)
        {
            case { Kind: "connected" }:
                await services.GetRequiredService<Duties>().RunAllAsync(cancellation);
                break;
            case { Kind: "task" or "goal", State: "cancelled", Id: { } ended }:
                if (hint.Parent is { } above) await signals.SendAsync(Signals.TaskEnded, above, cancellation);
                await services.GetRequiredService<TaskStarter>().StopAsync(await services.GetRequiredService<TaskStore>().GetAsync(ended, cancellation), cancellation);
                await services.GetRequiredService<CodingService>().CloseAsync(ended, cancellation);
                break;
            case { Kind: "task" or "goal", State: "blocked", Id: { } blocked }:
                if (hint.Parent is { } goalAbove) await signals.SendAsync(Signals.TaskEnded, goalAbove, cancellation);
                await StopHeldAsync(blocked, services, cancellation);
                break;
            case { Kind: "left", Id: { } left }:
                if (await services.GetRequiredService<TaskStore>().FindAsync(left, cancellation) is { } leaving) await services.GetRequiredService<TaskStarter>().StopAsync(leaving, cancellation);
                break;
            case { Kind: "goal", State: "replanned", Id: { } replanned }:
                await signals.SendAsync(Signals.TaskEnded, replanned, cancellation);
                await signals.SendAsync(Signals.Answered, replanned, cancellation);
                break;
            case { Kind: "review", Parent: { } judged }:
                await signals.SendAsync(Signals.Answered, judged, cancellation);
                await signals.SendAsync(Signals.MergeDecided, judged, cancellation);
                break;
            case { Kind: "worker_free", Id: { } task }:
                // Workers freed at the same time name the same task: to look costs less than to wake it for nothing.
                // The one that was named may not begin while its goal has as many workers as it may have: then it is the next one's turn.
                if (await services.GetRequiredService<AgentStore>().NextWaitingAsync(cancellation) is [var next, ..] waiting) await signals.SendAsync(Signals.WorkerFree, waiting.Contains(task) ? task : next, cancellation);
                break;
            case { Kind: "schedule", State: "due" }:
                var duties = services.GetRequiredService<Duties>();
                foreach (var due in await duties.ClaimAsync(cancellation)) await duties.RunAsync(due, cancellation);
                break;
            case { Kind: "message", State: "answer", Parent: { } task }:
                await signals.SendAsync(Signals.Answered, task, cancellation);
                break;
            case { Kind: "task" or "goal", New: true, Parent: null, Id: { } made }:
                await services.GetRequiredService<TaskStarter>().StartNewAsync(made, hint.Kind == "goal" ? TaskKind.Goal : TaskKind.Code, cancellation);
                break;
            case { Kind: "task" or "goal", State: "inbox" or "assigned", Parent: null, Id: { } task }:
                await StartAsync(task, services, cancellation);
                break;
            case { Kind: "task" or "goal", State: "inbox" or "assigned" or "done", Parent: { } goal }:
                await signals.SendAsync(Signals.TaskEnded, goal, cancellation);
                break;
        }
    }

    private static async Task StopHeldAsync(Guid taskId, IServiceProvider services, CancellationToken cancellation)
    {
        if (await services.GetRequiredService<TaskStore>().FindAsync(taskId, cancellation) is not { Hold: not null } task) return;
        await services.GetRequiredService<TaskStarter>().StopAsync(task, cancellation);
    }

    private static async Task StartAsync(Guid taskId, IServiceProvider services, CancellationToken cancellation)
    {
        var starter = services.GetRequiredService<TaskStarter>();
        var instance = starter.InstanceAsync(taskId, cancellation); // at the same time: this is what a new task waits for
        var task = await services.GetRequiredService<TaskStore>().FindAsync(taskId, cancellation);
        var next = await instance;
        if (task is not { IsToBeStarted: true }) return;
        if (next is null && task.Attempt > 1) await starter.StartAgainAsync(taskId, cancellation);
        else await starter.StartAsync(task, next, cancellation);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The notification {Kind} {Id} could not be passed on; the next heartbeat finds what it was about")]
    private partial void NotRung(string kind, Guid? id, Exception error);
}
