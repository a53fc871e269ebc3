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

    private static bool IsHeard(KernelNotification hint) => hint.Kind is "connected" or "worker_free" or "message" or "task" or "goal";

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
                await services.GetRequiredService<CodingService>().CloseAsync(ended, cancellation);
                break;
            case { Kind: "worker_free", Id: { } task }:
                // Workers freed at the same time name the same task: to look costs less than to wake it for nothing.
                if ((await services.GetRequiredService<AgentStore>().NextWaitingAsync(cancellation)).Contains(task)) await signals.SendAsync(Signals.WorkerFree, task, cancellation);
                break;
            case { Kind: "message", State: "answer", Parent: { } task }:
                await signals.SendAsync(Signals.Answered, task, cancellation);
                break;
            case { Kind: "task" or "goal", State: "inbox" or "assigned", Parent: null, Id: { } task }:
                await StartAsync(task, services, cancellation);
                break;
            case { Kind: "task" or "goal", State: "inbox" or "assigned" or "done" or "blocked", Parent: { } goal }:
                await signals.SendAsync(Signals.TaskEnded, goal, cancellation);
                break;
        }
    }

    private static async Task StartAsync(Guid taskId, IServiceProvider services, CancellationToken cancellation)
    {
        var task = await services.GetRequiredService<TaskStore>().FindAsync(taskId, cancellation);
        if (task is { WorkflowInstanceId: null, Status: TaskState.Inbox or TaskState.Assigned } && (task.Kind == TaskKind.Goal || task.RepositoryId is not null))
            await services.GetRequiredService<TaskStarter>().StartAsync(task, cancellation);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The notification {Kind} {Id} could not be passed on; the next heartbeat finds what it was about")]
    private partial void NotRung(string kind, Guid? id, Exception error);
}
