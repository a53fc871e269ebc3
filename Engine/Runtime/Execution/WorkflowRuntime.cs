using AgentOS.Engine.State;
using AgentOS.Engine.Runtime.Definitions;
using AgentOS.Engine.Runtime.Instances;
using Elsa.Workflows;
using Elsa.Workflows.Options;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Messages;
using Elsa.Workflows.State;

namespace AgentOS.Engine.Runtime.Execution;

internal sealed class WorkflowRuntime(IIdentityGenerator ids, InstanceRunner runner, GraphCatalog graphs, InstanceStore instances, InstanceArrival arrival, Cancellation cancellation) : IWorkflowRuntime
{
    public ValueTask<IWorkflowClient> CreateClientAsync(CancellationToken cancellationToken = default) => CreateClientAsync(null, cancellationToken);

    public ValueTask<IWorkflowClient> CreateClientAsync(string? workflowInstanceId, CancellationToken cancellationToken = default) =>
        new(new WorkflowClient(workflowInstanceId ?? ids.GenerateId(), runner, graphs, instances, arrival, cancellation));
}

internal sealed class WorkflowClient(string id, InstanceRunner runner, GraphCatalog graphs, InstanceStore instances, InstanceArrival arrival, Cancellation cancellation) : IWorkflowClient
{
    private CreateWorkflowInstanceRequest? _created;

    public string WorkflowInstanceId => id;

    // The instance is stored with its first burst; until then this client remembers what it is made of.
    public async Task<CreateWorkflowInstanceResponse> CreateInstanceAsync(CreateWorkflowInstanceRequest request, CancellationToken cancellationToken = default)
    {
        _ = await graphs.FindAsync(request.WorkflowDefinitionHandle, cancellationToken) ?? throw new DefinitionNotFoundException(request.WorkflowDefinitionHandle.ToString());
        _created = request;
        return new();
    }

    public async Task<RunWorkflowInstanceResponse> RunInstanceAsync(RunWorkflowInstanceRequest request, CancellationToken cancellationToken = default)
    {
        if (_created is { } created)
        {
            _created = null;
            return await CreateAndRunInstanceAsync(new()
            {
                WorkflowDefinitionHandle = created.WorkflowDefinitionHandle,
                CorrelationId = created.CorrelationId,
                Name = created.Name,
                Input = request.Input ?? created.Input,
                Properties = request.Properties ?? created.Properties,
                Variables = request.Variables,
                ParentId = created.ParentId,
                TriggerActivityId = request.TriggerActivityId,
                SchedulingActivityExecutionId = request.SchedulingActivityExecutionId,
                SchedulingWorkflowInstanceId = request.SchedulingWorkflowInstanceId,
                SchedulingCallStackDepth = request.SchedulingCallStackDepth
            }, cancellationToken);
        }
        var options = new RunWorkflowOptions
        {
            BookmarkId = request.BookmarkId, ActivityHandle = request.ActivityHandle, Input = request.Input, Variables = request.Variables, Properties = request.Properties
        };
        return await runner.ResumeAsync(id, options, cancellationToken) is { } result ? InstanceRunner.Respond(result) : InstanceRunner.Respond(await StateAsync(cancellationToken));
    }

    public async Task<RunWorkflowInstanceResponse> CreateAndRunInstanceAsync(CreateAndRunWorkflowInstanceRequest request, CancellationToken cancellationToken = default)
    {
        var graph = await graphs.FindAsync(request.WorkflowDefinitionHandle, cancellationToken) ?? throw new DefinitionNotFoundException(request.WorkflowDefinitionHandle.ToString());
        var result = await runner.StartAsync(graph, new()
        {
            WorkflowInstanceId = id,
            CorrelationId = request.CorrelationId,
            Input = request.Input,
            Variables = request.Variables,
            Properties = request.Properties,
            ParentWorkflowInstanceId = request.ParentId,
            TriggerActivityId = request.TriggerActivityId,
            ActivityHandle = request.ActivityHandle,
            SchedulingActivityExecutionId = request.SchedulingActivityExecutionId,
            SchedulingWorkflowInstanceId = request.SchedulingWorkflowInstanceId,
            SchedulingCallStackDepth = request.SchedulingCallStackDepth
        }, activate: true, cancellationToken);
        return result is null ? throw new ActivationRefusedException(graph.Workflow.Identity.DefinitionId) : InstanceRunner.Respond(result);
    }

    public Task CancelAsync(CancellationToken cancellationToken = default) => cancellation.CancelWorkflowAsync(id, cancellationToken);

    public Task<WorkflowState> ExportStateAsync(CancellationToken cancellationToken = default) => StateAsync(cancellationToken);

    public Task ImportStateAsync(WorkflowState workflowState, CancellationToken cancellationToken = default) => arrival.AcceptAsync(workflowState, cancellationToken);

    public Task<bool> InstanceExistsAsync(CancellationToken cancellationToken = default) => instances.ExistsAsync(id, cancellationToken);

    public async Task<bool> DeleteAsync(CancellationToken cancellationToken = default) => await instances.DeleteAsync([id], cancellationToken: cancellationToken) > 0;

    private async Task<WorkflowState> StateAsync(CancellationToken cancellationToken) =>
        await instances.StateAsync(id, cancellationToken) is { } json ? WorkflowStateReader.Read(json) : throw new InstanceNotFoundException(id);
}

/// <summary>There is no such instance.</summary>
public sealed class InstanceNotFoundException(string id) : Exception($"There is no workflow instance '{id}'.");

/// <summary>The workflow's activation strategy lets no further instance start now.</summary>
public sealed class ActivationRefusedException(string definitionId) : Exception($"The activation strategy of workflow '{definitionId}' lets no further instance start while another is running.");
