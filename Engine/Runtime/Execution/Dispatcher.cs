using AgentOS.Engine.Execution;
using AgentOS.Engine.Runtime.Commits;
using AgentOS.Engine.Runtime.Events;
using Elsa.Workflows;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Requests;
using Elsa.Workflows.Runtime.Responses;

namespace AgentOS.Engine.Runtime.Execution;

internal sealed class Dispatcher(Committer committer, Stimuli stimuli, IStimulusHasher hasher, IIdentityGenerator ids) : IWorkflowDispatcher
{
    public async Task<DispatchWorkflowResponse> DispatchAsync(DispatchWorkflowDefinitionRequest request, DispatchWorkflowOptions? options, CancellationToken cancellationToken = default)
    {
        request.InstanceId = IdLength.Checked(request.InstanceId, "The instance id") ?? ids.GenerateId();
        IdLength.Checked(request.CorrelationId, "The correlation id");
        await AskAsync(new("start", request.InstanceId, request.DefinitionVersionId, null, request.CorrelationId, request.ParentWorkflowInstanceId, new WorkRequest
        {
            Input = request.Input,
            Properties = request.Properties,
            TriggerActivityId = request.TriggerActivityId,
            SchedulingActivityExecutionId = request.SchedulingActivityExecutionId,
            SchedulingWorkflowInstanceId = request.SchedulingWorkflowInstanceId,
            SchedulingCallStackDepth = request.SchedulingCallStackDepth
        }.ToBytes()));
        return DispatchWorkflowResponse.Success();
    }

    public async Task<DispatchWorkflowResponse> DispatchAsync(DispatchWorkflowInstanceRequest request, DispatchWorkflowOptions? options, CancellationToken cancellationToken = default)
    {
        await AskAsync(new(request.BookmarkId is null ? "continue" : "resume", request.InstanceId, null, request.BookmarkId, request.CorrelationId, null,
            new WorkRequest { Input = request.Input, Properties = request.Properties }.ToBytes()));
        return DispatchWorkflowResponse.Success();
    }

    public async Task<DispatchWorkflowResponse> DispatchAsync(DispatchTriggerWorkflowsRequest request, DispatchWorkflowOptions? options, CancellationToken cancellationToken = default)
    {
        await stimuli.PublishAsync(request.ActivityTypeName, hasher.Hash(request.ActivityTypeName, request.BookmarkPayload, request.ActivityInstanceId), new()
        {
            CorrelationId = request.CorrelationId,
            WorkflowInstanceId = request.WorkflowInstanceId,
            ActivityInstanceId = request.ActivityInstanceId,
            Input = request.Input
        }, keep: true);
        return DispatchWorkflowResponse.Success();
    }

    public async Task<DispatchWorkflowResponse> DispatchAsync(DispatchResumeWorkflowsRequest request, DispatchWorkflowOptions? options, CancellationToken cancellationToken = default)
    {
        await stimuli.PublishAsync(request.ActivityTypeName, hasher.Hash(request.ActivityTypeName, request.BookmarkPayload, request.ActivityInstanceId), new()
        {
            CorrelationId = request.CorrelationId,
            WorkflowInstanceId = request.WorkflowInstanceId,
            ActivityInstanceId = request.ActivityInstanceId,
            Input = request.Input
        }, keep: true);
        return DispatchWorkflowResponse.Success();
    }

    /// <summary>In the current burst's transaction if there is one.</summary>
    private async Task AskAsync(WorkRow row)
    {
        if (Burst.Current is { } burst)
        {
            burst.Dispatch(row);
            return;
        }
        var commit = new InstanceCommit();
        commit.Dispatched.Add(row);
        await committer.CommitAsync(commit);
    }
}
