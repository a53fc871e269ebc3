using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime.Messages;
using Elsa.Workflows.Runtime.Options;
using Elsa.Workflows.Runtime.Results;

namespace Elsa.Workflows.Runtime
{
    /// <summary>Publishes events to Event activities.</summary>
    public interface IEventPublisher
    {
        /// <param name="eventName">Whom it is for: the activities that wait for this name.</param>
        /// <param name="correlationId">Only instances with this correlation id.</param>
        /// <param name="workflowInstanceId">Only this instance; no new one is started.</param>
        /// <param name="activityInstanceId">Only this activity execution.</param>
        /// <param name="payload">The result of the waiting activity.</param>
        /// <param name="asynchronous">False: return when the bursts that it causes are committed. From an activity it is always asynchronous.</param>
        /// <param name="cancellationToken">Gives up waiting.</param>
        Task PublishAsync(string eventName, string? correlationId = null, string? workflowInstanceId = null, string? activityInstanceId = null, object? payload = null,
            bool asynchronous = false, CancellationToken cancellationToken = default);
    }

    /// <summary>Starts and resumes whatever waits for a stimulus, and returns when those bursts are committed.</summary>
    public interface IStimulusSender
    {
        Task<SendStimulusResult> SendAsync(string activityTypeName, object stimulus, StimulusMetadata? metadata = null, CancellationToken cancellationToken = default);
        Task<SendStimulusResult> SendAsync(string stimulusHash, StimulusMetadata? metadata = null, CancellationToken cancellationToken = default);
    }

    public class StimulusMetadata
    {
        public string? WorkflowInstanceId { get; set; }
        public string? CorrelationId { get; set; }
        public string? ActivityInstanceId { get; set; }
        public string? BookmarkId { get; set; }
        public string? ParentWorkflowInstanceId { get; set; }
        public IDictionary<string, object>? Input { get; set; }
        public IDictionary<string, object>? Properties { get; set; }
    }

    /// <summary>Goes on at bookmarks.</summary>
    public interface IBookmarkResumer
    {
        Task<ResumeBookmarkResult> ResumeAsync<TActivity>(object stimulus, ResumeBookmarkOptions? options = null, CancellationToken cancellationToken = default) where TActivity : IActivity;
        Task<ResumeBookmarkResult> ResumeAsync<TActivity>(object stimulus, string? workflowInstanceId, ResumeBookmarkOptions? options = null, CancellationToken cancellationToken = default) where TActivity : IActivity;
        Task<ResumeBookmarkResult> ResumeAsync(string bookmarkId, IDictionary<string, object> input, CancellationToken cancellationToken = default);
        Task<ResumeBookmarkResult> ResumeAsync(ResumeBookmarkRequest request, CancellationToken cancellationToken = default);
    }

    public class ResumeBookmarkRequest
    {
        public string WorkflowInstanceId { get; set; } = null!;
        public string? BookmarkId { get; set; }
        public ActivityHandle? ActivityHandle { get; set; }
        public string? ActivityInstanceId { get; set; }
        public IDictionary<string, object>? Properties { get; set; }
        public IDictionary<string, object>? Input { get; set; }
    }

    public record ResumeBookmarkResult(bool Matched, RunWorkflowInstanceResponse? Response = null)
    {
        public static ResumeBookmarkResult Found(RunWorkflowInstanceResponse response) => new(true, response);
        public static ResumeBookmarkResult NotFound() => new(false);
    }

    /// <summary>Tells the outside world of a task that a RunTask activity waits for.</summary>
    public interface ITaskDispatcher
    {
        Task DispatchAsync(Notifications.RunTaskRequest request, CancellationToken cancellationToken = default);
    }

    /// <summary>Tells the workflow that a task is done.</summary>
    public interface ITaskReporter
    {
        Task ReportCompletionAsync(string taskId, object? result = null, CancellationToken cancellationToken = default);
    }
}

namespace Elsa.Workflows.Runtime.Options
{
    public class ResumeBookmarkOptions
    {
        public IDictionary<string, object>? Input { get; set; }
        public IDictionary<string, object>? Properties { get; set; }
    }
}

namespace Elsa.Workflows.Runtime.Results
{
    public record SendStimulusResult(ICollection<RunWorkflowInstanceResponse> WorkflowInstanceResponses);
}

namespace Elsa.Workflows.Runtime.Notifications
{
    /// <summary>A task that somebody or something outside is asked to do.</summary>
    public record RunTaskRequest(ActivityExecutionContext ActivityExecutionContext, string TaskId, string TaskName, IDictionary<string, object>? TaskPayload);
}

namespace Elsa.Workflows.Runtime.Stimuli
{
    public record EventStimulus(string EventName);

    public record DispatchWorkflowStimulus(string ChildInstanceId);

    public record ExecuteWorkflowStimulus(string ChildInstanceId);

    public class BulkDispatchWorkflowsStimulus(string parentInstanceId)
    {
        public string ParentInstanceId { get; init; } = parentInstanceId;
        public long ScheduledInstanceIdsCount { get; set; }
    }
}
