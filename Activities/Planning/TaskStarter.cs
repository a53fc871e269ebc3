using AgentOS.Kernel;
using AgentOS.Kernel.Tasks;
using Elsa.Common.Models;
using Elsa.Workflows;
using Elsa.Workflows.Management;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Requests;

namespace AgentOS.Activities.Planning;

/// <summary>Starts the workflow of a task or a goal. Started twice, it runs once: the instance's id follows from the task.</summary>
public sealed class TaskStarter(IWorkflowDispatcher dispatcher, IWorkflowRuntime runtime, IWorkflowDefinitionService definitions)
{
    public async Task StartAsync(AgentTask task, CancellationToken cancellation)
    {
        var definition = task.Kind == TaskKind.Goal ? "goal" : "task";
        if (await InstanceAsync(task, cancellation) is not { } instance) return;
        var version = await definitions.FindWorkflowGraphAsync(definition, VersionOptions.Published, cancellation)
            ?? throw new AgentOSException($"The workflow '{definition}' is not published. Publish it, or restore Workflows/{definition}.json and start again.");
        await dispatcher.DispatchAsync(new DispatchWorkflowDefinitionRequest(version.Workflow.Identity.Id)
        {
            InstanceId = instance,
            CorrelationId = Signals.Correlation(task.Id),
            TriggerActivityId = "open",
            Input = new Dictionary<string, object> { ["TaskId"] = task.Id.ToString() },
        }, new DispatchWorkflowOptions(), cancellation);
    }

    /// <summary>The id for the task's next instance; null when one is on its way. An earlier instance that ended (a retry, a take-back) is passed over.</summary>
    private async Task<string?> InstanceAsync(AgentTask task, CancellationToken cancellation)
    {
        for (var number = 1; ; number++)
        {
            var id = $"{task.Id:N}-{number}";
            var client = await runtime.CreateClientAsync(id, cancellation);
            if (!await client.InstanceExistsAsync(cancellation)) return id;
            if ((await client.ExportStateAsync(cancellation)).Status == WorkflowStatus.Running) return null;
        }
    }
}
