using Elsa.Workflows.Exceptions;
using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime.Requests;
using Elsa.Workflows.Runtime.Responses;

namespace Elsa.Workflows.Runtime
{
    /// <summary>
    /// Asks for work that is done later, on any node. Called from an activity, the request is part of the burst's own transaction:
    /// it exists when the burst is committed, and not before.
    /// </summary>
    public interface IWorkflowDispatcher
    {
        Task<DispatchWorkflowResponse> DispatchAsync(DispatchWorkflowDefinitionRequest request, DispatchWorkflowOptions? options, CancellationToken cancellationToken = default);
        Task<DispatchWorkflowResponse> DispatchAsync(DispatchWorkflowInstanceRequest request, DispatchWorkflowOptions? options, CancellationToken cancellationToken = default);
        Task<DispatchWorkflowResponse> DispatchAsync(DispatchTriggerWorkflowsRequest request, DispatchWorkflowOptions? options, CancellationToken cancellationToken = default);
        Task<DispatchWorkflowResponse> DispatchAsync(DispatchResumeWorkflowsRequest request, DispatchWorkflowOptions? options, CancellationToken cancellationToken = default);
    }

    public class DispatchWorkflowOptions
    {
        /// <summary>Kept for Elsa's sake: there is one queue.</summary>
        public string? Channel { get; set; }
    }
}

namespace Elsa.Workflows.Runtime.Requests
{
    /// <summary>Start an instance of a definition version.</summary>
    public class DispatchWorkflowDefinitionRequest
    {
        public DispatchWorkflowDefinitionRequest() { }
        public DispatchWorkflowDefinitionRequest(string definitionVersionId) => DefinitionVersionId = definitionVersionId;

        public string DefinitionVersionId { get; set; } = null!;
        public string? ParentWorkflowInstanceId { get; set; }
        public IDictionary<string, object>? Input { get; set; }
        public IDictionary<string, object>? Properties { get; set; }
        public string? CorrelationId { get; set; }

        /// <summary>Of the new instance. Asked for twice with the same id, it is started once.</summary>
        public string? InstanceId { get; set; }

        public string? TriggerActivityId { get; set; }
        public string? SchedulingActivityExecutionId { get; set; }
        public string? SchedulingWorkflowInstanceId { get; set; }
        public int? SchedulingCallStackDepth { get; set; }
    }

    /// <summary>Go on with an instance at a bookmark.</summary>
    public class DispatchWorkflowInstanceRequest
    {
        public DispatchWorkflowInstanceRequest() { }
        public DispatchWorkflowInstanceRequest(string instanceId) => InstanceId = instanceId;

        public string InstanceId { get; init; } = null!;
        public string? BookmarkId { get; set; }
        public ActivityHandle? ActivityHandle { get; set; }
        public IDictionary<string, object>? Input { get; set; }
        public IDictionary<string, object>? Properties { get; set; }
        public string? CorrelationId { get; set; }
    }

    /// <summary>Start every workflow whose trigger fits, and go on with every instance whose bookmark fits.</summary>
    public class DispatchTriggerWorkflowsRequest(string activityTypeName, object bookmarkPayload)
    {
        public string ActivityTypeName { get; init; } = activityTypeName;
        public object BookmarkPayload { get; init; } = bookmarkPayload;
        public string? CorrelationId { get; set; }
        public string? WorkflowInstanceId { get; set; }
        public string? ActivityInstanceId { get; set; }
        public IDictionary<string, object>? Input { get; set; }
        public IDictionary<string, object>? Properties { get; set; }
    }

    /// <summary>Go on with every instance whose bookmark fits.</summary>
    public record DispatchResumeWorkflowsRequest(string ActivityTypeName, object BookmarkPayload, string? CorrelationId = null, string? WorkflowInstanceId = null,
        string? ActivityInstanceId = null, IDictionary<string, object>? Input = null);
}

namespace Elsa.Workflows.Runtime.Responses
{
    public record DispatchWorkflowResponse(FaultException? Fault)
    {
        public bool Succeeded => Fault is null;

        public static DispatchWorkflowResponse Success() => new((FaultException?)null);

        public void ThrowIfFailed()
        {
            if (Fault is not null) throw Fault;
        }
    }
}
