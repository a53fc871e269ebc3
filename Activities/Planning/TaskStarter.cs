using AgentOS.Kernel;
using AgentOS.Kernel.Tasks;
using Elsa.Common.Models;
using Elsa.Workflows;
using Elsa.Workflows.Management;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Requests;

namespace AgentOS.Activities.Planning;

/// <summary>Starts the workflow of a task or a goal. Started twice, it runs once: the instance's id follows from the task.</summary>
public sealed class TaskStarter(
    TaskStore tasks, IWorkflowDispatcher dispatcher, IWorkflowRuntime runtime, IWorkflowDefinitionService definitions, IWorkflowCancellationService cancel, TimeProvider time)
{
    private const int MostLooks = 100;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    /// <summary>Starts what was made just now: it has had no workflow, so there is nothing to look up. The workflow looks whether it may have the task.</summary>
    public Task StartNewAsync(Guid taskId, TaskKind kind, CancellationToken cancellation) => StartAsync(taskId, kind, Instance(taskId, 1), cancellation);

    public async Task StartAsync(AgentTask task, CancellationToken cancellation) => await StartAsync(task, await InstanceAsync(task.Id, cancellation), cancellation);

    /// <summary>The same for one that is retried, perhaps while the workflow that blocked it makes its last step: waits for that.</summary>
    public async Task StartAgainAsync(Guid taskId, CancellationToken cancellation)
    {
        for (var look = 0; look < MostLooks; look++)
        {
            await Task.Delay(BetweenLooks, time, cancellation);
            if (await tasks.FindAsync(taskId, cancellation) is not { IsToBeStarted: true } task) return;
            if (await InstanceAsync(taskId, cancellation) is not { } next) continue;
            await StartAsync(task, next, cancellation);
            return;
        }
    }

    /// <param name="instance">What <see cref="InstanceAsync"/> said.</param>
    public Task StartAsync(AgentTask task, string? instance, CancellationToken cancellation) => instance is null ? Task.CompletedTask : StartAsync(task.Id, task.Kind, instance, cancellation);

    private async Task StartAsync(Guid taskId, TaskKind kind, string instance, CancellationToken cancellation)
    {
        var definition = kind == TaskKind.Goal ? "goal" : "task";
        var version = await definitions.FindWorkflowGraphAsync(definition, VersionOptions.Published, cancellation)
            ?? throw new AgentOSException($"The workflow '{definition}' is not published. Publish it, or restore Workflows/{definition}.json and start again.");
        await dispatcher.DispatchAsync(new DispatchWorkflowDefinitionRequest(version.Workflow.Identity.Id)
        {
            InstanceId = instance,
            CorrelationId = Signals.Correlation(taskId),
            TriggerActivityId = "open",
            Input = new Dictionary<string, object> { ["TaskId"] = taskId.ToString() },
        }, new DispatchWorkflowOptions(), cancellation);
    }

    /// <summary>
    /// Cancels the workflow of a task that was cancelled, or that a person stopped or took over, and the one that the task was taken from. Returns when they have
    /// ended, what they ran with them, or when that takes long.
    /// </summary>
    public async Task StopAsync(AgentTask task, CancellationToken cancellation)
    {
        if (task.FormerInstanceId is { } former && await EndAsync(former, cancellation)) await tasks.LeftAsync(task.Id, former, cancellation);
        if (task is { Hold: not null } or { Status: TaskState.Cancelled } && task.WorkflowInstanceId is { } instance) await EndAsync(instance, cancellation);
    }

    private async Task<bool> EndAsync(string instance, CancellationToken cancellation)
    {
        var client = await runtime.CreateClientAsync(instance, cancellation);
        var asked = false;
        for (var look = 0; look < MostLooks; look++)
        {
            if (look > 0) await Task.Delay(BetweenLooks, time, cancellation);
            if (await client.InstanceExistsAsync(cancellation))
            {
                if ((await client.ExportStateAsync(cancellation)).Status != WorkflowStatus.Running) return true;
                if (!asked) asked = await cancel.CancelWorkflowAsync(instance, cancellation);
            }
            // Before its first commit there is no instance to look at, only whoever makes it.
            else if (!await cancel.CancelWorkflowAsync(instance, cancellation)) return true;
        }

        return false;
    }

    /// <summary>The id for the task's next instance; null when one is on its way. An earlier instance that ended (a retry, a take-back) is passed over.</summary>
    public async Task<string?> InstanceAsync(Guid taskId, CancellationToken cancellation)
    {
        for (var number = 1; ; number++)
        {
            var id = Instance(taskId, number);
            var client = await runtime.CreateClientAsync(id, cancellation);
            if (!await client.InstanceExistsAsync(cancellation)) return id;
            if ((await client.ExportStateAsync(cancellation)).Status == WorkflowStatus.Running) return null;
        }
    }

    private static string Instance(Guid taskId, int number) => $"{taskId:N}-{number}";
}
