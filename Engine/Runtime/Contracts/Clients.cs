using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime.Messages;
using Elsa.Workflows.State;

namespace Elsa.Workflows.Runtime
{
    /// <summary>Gives access to workflow instances, wherever they run.</summary>
    public interface IWorkflowRuntime
    {
        /// <summary>For an instance that is to be made, with a new id.</summary>
        ValueTask<IWorkflowClient> CreateClientAsync(CancellationToken cancellationToken = default);

        /// <summary>For the instance with this id, or one to be made with it. Without an id, a new one is made up.</summary>
        ValueTask<IWorkflowClient> CreateClientAsync(string? workflowInstanceId, CancellationToken cancellationToken = default);
    }

    /// <summary>One workflow instance.</summary>
    public interface IWorkflowClient
    {
        string WorkflowInstanceId { get; }

        /// <summary>Makes the instance without running it. An instance that exists already stays as it is.</summary>
        Task<CreateWorkflowInstanceResponse> CreateInstanceAsync(CreateWorkflowInstanceRequest request, CancellationToken cancellationToken = default);

        /// <summary>Runs a burst of the instance and returns when it is committed.</summary>
        Task<RunWorkflowInstanceResponse> RunInstanceAsync(RunWorkflowInstanceRequest request, CancellationToken cancellationToken = default);

        Task<RunWorkflowInstanceResponse> CreateAndRunInstanceAsync(CreateAndRunWorkflowInstanceRequest request, CancellationToken cancellationToken = default);
        Task CancelAsync(CancellationToken cancellationToken = default);
        Task<WorkflowState> ExportStateAsync(CancellationToken cancellationToken = default);
        Task ImportStateAsync(WorkflowState workflowState, CancellationToken cancellationToken = default);
        Task<bool> InstanceExistsAsync(CancellationToken cancellationToken = default);
        Task<bool> DeleteAsync(CancellationToken cancellationToken = default);
    }

    /// <summary>Cancels instances, their children too.</summary>
    public interface IWorkflowCancellationService
    {
        Task<bool> CancelWorkflowAsync(string workflowInstanceId, CancellationToken cancellationToken = default);
        Task<int> CancelWorkflowsAsync(IEnumerable<string> workflowInstanceIds, CancellationToken cancellationToken = default);
        Task<int> CancelWorkflowByDefinitionVersionAsync(string definitionVersionId, CancellationToken cancellationToken = default);
        Task<int> CancelWorkflowByDefinitionAsync(string definitionId, Common.Models.VersionOptions versionOptions, CancellationToken cancellationToken = default);
    }
}

namespace Elsa.Workflows.Runtime.Messages
{
    public class CreateWorkflowInstanceRequest
    {
        public WorkflowDefinitionHandle WorkflowDefinitionHandle { get; set; } = null!;
        public string? CorrelationId { get; set; }
        public string? Name { get; set; }
        public IDictionary<string, object>? Input { get; set; }
        public IDictionary<string, object>? Properties { get; set; }
        public string? ParentId { get; set; }
    }

    public record CreateWorkflowInstanceResponse;

    public class RunWorkflowInstanceRequest
    {
        public static RunWorkflowInstanceRequest Empty { get; } = new();

        public string? TriggerActivityId { get; set; }
        public string? BookmarkId { get; set; }
        public ActivityHandle? ActivityHandle { get; set; }
        public IDictionary<string, object>? Properties { get; set; }
        public IDictionary<string, object>? Input { get; set; }
        public IDictionary<string, object>? Variables { get; set; }
        public bool IncludeWorkflowOutput { get; set; }
        public string? SchedulingActivityExecutionId { get; set; }
        public string? SchedulingWorkflowInstanceId { get; set; }
        public int? SchedulingCallStackDepth { get; set; }
    }

    public class CreateAndRunWorkflowInstanceRequest
    {
        public WorkflowDefinitionHandle WorkflowDefinitionHandle { get; set; } = null!;
        public string? CorrelationId { get; set; }
        public string? Name { get; set; }
        public IDictionary<string, object>? Input { get; set; }
        public IDictionary<string, object>? Variables { get; set; }
        public IDictionary<string, object>? Properties { get; set; }
        public string? ParentId { get; set; }
        public string? TriggerActivityId { get; set; }
        public ActivityHandle? ActivityHandle { get; set; }
        public bool IncludeWorkflowOutput { get; set; }
        public string? SchedulingActivityExecutionId { get; set; }
        public string? SchedulingWorkflowInstanceId { get; set; }
        public int? SchedulingCallStackDepth { get; set; }
    }

    public record RunWorkflowInstanceResponse
    {
        public string WorkflowInstanceId { get; set; } = null!;
        public WorkflowStatus Status { get; set; }
        public WorkflowSubStatus SubStatus { get; set; }
        public ICollection<Bookmark> Bookmarks { get; set; } = [];
        public ICollection<ActivityIncident> Incidents { get; set; } = [];
        public IDictionary<string, object>? Output { get; set; }
    }
}
