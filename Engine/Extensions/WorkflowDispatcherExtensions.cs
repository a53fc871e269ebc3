using Elsa.Workflows.Runtime.Requests;
using Elsa.Workflows.Runtime.Responses;

namespace Elsa.Workflows.Runtime.Contracts;

public static class WorkflowDispatcherExtensions
{
    public static Task<DispatchWorkflowResponse> DispatchAsync(this IWorkflowDispatcher workflowDispatcher, DispatchWorkflowDefinitionRequest request, CancellationToken cancellationToken = default) =>
        workflowDispatcher.DispatchAsync(request, null, cancellationToken);

    public static Task<DispatchWorkflowResponse> DispatchAsync(this IWorkflowDispatcher workflowDispatcher, DispatchWorkflowInstanceRequest request, CancellationToken cancellationToken = default) =>
        workflowDispatcher.DispatchAsync(request, null, cancellationToken);

    public static Task<DispatchWorkflowResponse> DispatchAsync(this IWorkflowDispatcher workflowDispatcher, DispatchTriggerWorkflowsRequest request, CancellationToken cancellationToken = default) =>
        workflowDispatcher.DispatchAsync(request, null, cancellationToken);

    public static Task<DispatchWorkflowResponse> DispatchAsync(this IWorkflowDispatcher workflowDispatcher, DispatchResumeWorkflowsRequest request, CancellationToken cancellationToken = default) =>
        workflowDispatcher.DispatchAsync(request, null, cancellationToken);
}
