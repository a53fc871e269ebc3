using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;

namespace Elsa.Workflows.Options
{
    /// <summary>How to run a workflow: from its start, from a trigger, or on from a bookmark.</summary>
    public class RunWorkflowOptions
    {
        public string? WorkflowInstanceId { get; set; }
        public string? CorrelationId { get; set; }
        public string? BookmarkId { get; set; }
        public ActivityHandle? ActivityHandle { get; set; }
        public IDictionary<string, object>? Input { get; set; }
        public IDictionary<string, object>? Variables { get; set; }
        public IDictionary<string, object>? Properties { get; set; }
        public string? TriggerActivityId { get; set; }
        public string? ParentWorkflowInstanceId { get; set; }
        public string? SchedulingActivityExecutionId { get; set; }
        public string? SchedulingWorkflowInstanceId { get; set; }
        public int? SchedulingCallStackDepth { get; set; }
    }

    public class ScheduleWorkOptions
    {
        public ActivityCompletionCallback? CompletionCallback { get; set; }
        public object? Tag { get; set; }
        public ICollection<Variable>? Variables { get; set; }
        public ActivityExecutionContext? ExistingActivityExecutionContext { get; set; }

        /// <summary>Do nothing when the activity is already waiting to run.</summary>
        public bool PreventDuplicateScheduling { get; set; }

        public IDictionary<string, object>? Input { get; set; }
        public string? SchedulingActivityExecutionId { get; set; }
        public string? SchedulingWorkflowInstanceId { get; set; }
    }

    public class ActivityInvocationOptions
    {
        public ActivityInvocationOptions() { }

        public ActivityInvocationOptions(ActivityExecutionContext? owner, object? tag, IEnumerable<Variable>? variables, ActivityExecutionContext? existingActivityExecutionContext = null,
            IDictionary<string, object>? input = null)
        {
            Owner = owner;
            Tag = tag;
            Variables = variables;
            ExistingActivityExecutionContext = existingActivityExecutionContext;
            Input = input;
        }

        public ActivityExecutionContext? Owner { get; set; }
        public object? Tag { get; set; }
        public IEnumerable<Variable>? Variables { get; set; }
        public ActivityExecutionContext? ExistingActivityExecutionContext { get; set; }
        public IDictionary<string, object>? Input { get; set; }
        public string? SchedulingActivityExecutionId { get; set; }
        public string? SchedulingWorkflowInstanceId { get; set; }
        public int? SchedulingCallStackDepth { get; set; }
    }

    public class IncidentOptions
    {
        /// <summary>For workflows that name none.</summary>
        public Type DefaultIncidentStrategy { get; set; } = typeof(IncidentStrategies.FaultStrategy);
    }
}

namespace Elsa.Workflows.Models
{
    /// <summary>An activity that is to run.</summary>
    public class ActivityWorkItem(
        IActivity activity,
        ActivityExecutionContext? owner = null,
        object? tag = null,
        IEnumerable<Variable>? variables = null,
        ActivityExecutionContext? existingActivityExecutionContext = null,
        IDictionary<string, object>? input = null,
        string? schedulingActivityExecutionId = null,
        string? schedulingWorkflowInstanceId = null,
        int? schedulingCallStackDepth = null)
    {
        // What to call instead of ExecuteAsync: the work item is a resumption.
        internal ExecuteActivityDelegate? ExecuteDelegate;
        internal ResumedBookmarkContext? ResumedBookmark;

        internal string? SchedulingActivityId { get; set; }

        public IActivity Activity { get; } = activity;
        public ActivityExecutionContext? Owner { get; set; } = owner;
        public object? Tag { get; set; } = tag;
        public IEnumerable<Variable>? Variables { get; set; } = variables;
        public ActivityExecutionContext? ExistingActivityExecutionContext { get; set; } = existingActivityExecutionContext;
        public IDictionary<string, object> Input { get; set; } = input ?? EmptyInput;
        public string? SchedulingActivityExecutionId { get; set; } = schedulingActivityExecutionId;
        public string? SchedulingWorkflowInstanceId { get; set; } = schedulingWorkflowInstanceId;
        public int? SchedulingCallStackDepth { get; set; } = schedulingCallStackDepth;

        internal static readonly IDictionary<string, object> EmptyInput = System.Collections.ObjectModel.ReadOnlyDictionary<string, object>.Empty;
    }
}

namespace Elsa.Workflows
{
    public interface IActivityScheduler
    {
        bool HasAny { get; }
        void Schedule(ActivityWorkItem workItem);
        ActivityWorkItem Take();
        IEnumerable<ActivityWorkItem> List();
        bool Any(Func<ActivityWorkItem, bool> predicate);
        ActivityWorkItem? Find(Func<ActivityWorkItem, bool> predicate);
        void Clear();
    }

    /// <summary>First scheduled, first run.</summary>
    public class QueueBasedActivityScheduler : IActivityScheduler
    {
        private readonly Queue<ActivityWorkItem> _queue = new();

        public bool HasAny => _queue.Count > 0;
        public void Schedule(ActivityWorkItem workItem) => _queue.Enqueue(workItem);
        public ActivityWorkItem Take() => _queue.Dequeue();
        public IEnumerable<ActivityWorkItem> List() => _queue.ToArray();
        public bool Any(Func<ActivityWorkItem, bool> predicate) => _queue.Any(predicate);
        public ActivityWorkItem? Find(Func<ActivityWorkItem, bool> predicate) => _queue.FirstOrDefault(predicate);
        public void Clear() => _queue.Clear();
    }

    /// <summary>Last scheduled, first run.</summary>
    public class StackBasedActivityScheduler : IActivityScheduler
    {
        private readonly Stack<ActivityWorkItem> _stack = new();

        public bool HasAny => _stack.Count > 0;
        public void Schedule(ActivityWorkItem activity) => _stack.Push(activity);
        public ActivityWorkItem Take() => _stack.Pop();
        public IEnumerable<ActivityWorkItem> List() => _stack.ToArray();
        public bool Any(Func<ActivityWorkItem, bool> predicate) => _stack.Any(predicate);
        public ActivityWorkItem? Find(Func<ActivityWorkItem, bool> predicate) => _stack.FirstOrDefault(predicate);
        public void Clear() => _stack.Clear();
    }
}
