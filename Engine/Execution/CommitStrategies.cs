namespace Elsa.Workflows.CommitStates
{
    public enum CommitAction { Default, Commit, Skip }

    public enum WorkflowLifetimeEvent { WorkflowExecuting, ActivityExecuting, ActivityExecuted, WorkflowExecuted }

    public enum ActivityLifetimeEvent { ActivityExecuting, ActivityExecuted }

    public record WorkflowCommitStateStrategyContext(WorkflowExecutionContext WorkflowExecutionContext, WorkflowLifetimeEvent LifetimeEvent);

    public record ActivityCommitStateStrategyContext(ActivityExecutionContext ActivityExecutionContext, ActivityLifetimeEvent LifetimeEvent);

    /// <summary>Decides when a workflow's state is written, apart from the end of each burst, when it always is.</summary>
    public interface IWorkflowCommitStrategy
    {
        CommitAction ShouldCommit(WorkflowCommitStateStrategyContext context);
    }

    public interface IActivityCommitStrategy
    {
        CommitAction ShouldCommit(ActivityCommitStateStrategyContext context);
    }

    /// <summary>Writes what a run has changed: state, bookmarks, journal and activity records, together or not at all.</summary>
    public interface ICommitStateHandler
    {
        Task CommitAsync(WorkflowExecutionContext workflowExecutionContext, CancellationToken cancellationToken = default);
        Task CommitAsync(WorkflowExecutionContext workflowExecutionContext, State.WorkflowState workflowState, CancellationToken cancellationToken = default);
    }

    public class CommitStrategyMetadata
    {
        public string Name { get; set; } = null!;
        public string DisplayName { get; set; } = null!;
        public string Description { get; set; } = null!;
    }

    public class ObjectRegistration<T, TMeta>
    {
        public T Strategy { get; set; } = default!;
        public TMeta Metadata { get; set; } = default!;
    }

    public class WorkflowCommitStrategyRegistration : ObjectRegistration<IWorkflowCommitStrategy, CommitStrategyMetadata>
    {
        public WorkflowCommitStrategyRegistration() { }
        public WorkflowCommitStrategyRegistration(IWorkflowCommitStrategy strategy, CommitStrategyMetadata metadata) => (Strategy, Metadata) = (strategy, metadata);
    }

    public class ActivityCommitStrategyRegistration : ObjectRegistration<IActivityCommitStrategy, CommitStrategyMetadata>
    {
        public ActivityCommitStrategyRegistration() { }
        public ActivityCommitStrategyRegistration(IActivityCommitStrategy strategy, CommitStrategyMetadata metadata) => (Strategy, Metadata) = (strategy, metadata);
    }

    public interface ICommitStrategyRegistry
    {
        void RegisterStrategy(WorkflowCommitStrategyRegistration registration);
        void RegisterStrategy(ActivityCommitStrategyRegistration registration);
        IEnumerable<WorkflowCommitStrategyRegistration> ListWorkflowStrategyRegistrations();
        IEnumerable<ActivityCommitStrategyRegistration> ListActivityStrategyRegistrations();
        IWorkflowCommitStrategy? FindWorkflowStrategy(string name);
        IActivityCommitStrategy? FindActivityStrategy(string name);
    }

    public class DefaultCommitStrategyRegistry : ICommitStrategyRegistry
    {
        private readonly Dictionary<string, WorkflowCommitStrategyRegistration> _workflow = [];
        private readonly Dictionary<string, ActivityCommitStrategyRegistration> _activity = [];

        public void RegisterStrategy(WorkflowCommitStrategyRegistration registration) => _workflow[registration.Metadata.Name] = registration;
        public void RegisterStrategy(ActivityCommitStrategyRegistration registration) => _activity[registration.Metadata.Name] = registration;
        public IEnumerable<WorkflowCommitStrategyRegistration> ListWorkflowStrategyRegistrations() => _workflow.Values;
        public IEnumerable<ActivityCommitStrategyRegistration> ListActivityStrategyRegistrations() => _activity.Values;
        public IWorkflowCommitStrategy? FindWorkflowStrategy(string name) => _workflow.GetValueOrDefault(name)?.Strategy;
        public IActivityCommitStrategy? FindActivityStrategy(string name) => _activity.GetValueOrDefault(name)?.Strategy;
    }
}

namespace Elsa.Workflows.CommitStates.Strategies
{
    public class WorkflowExecutingWorkflowStrategy : IWorkflowCommitStrategy
    {
        public CommitAction ShouldCommit(WorkflowCommitStateStrategyContext context) => context.LifetimeEvent == WorkflowLifetimeEvent.WorkflowExecuting ? CommitAction.Commit : CommitAction.Default;
    }

    public class WorkflowExecutedWorkflowStrategy : IWorkflowCommitStrategy
    {
        public CommitAction ShouldCommit(WorkflowCommitStateStrategyContext context) => context.LifetimeEvent == WorkflowLifetimeEvent.WorkflowExecuted ? CommitAction.Commit : CommitAction.Default;
    }

    public class ActivityExecutingWorkflowStrategy : IWorkflowCommitStrategy
    {
        public CommitAction ShouldCommit(WorkflowCommitStateStrategyContext context) => context.LifetimeEvent == WorkflowLifetimeEvent.ActivityExecuting ? CommitAction.Commit : CommitAction.Default;
    }

    public class ActivityExecutedWorkflowStrategy : IWorkflowCommitStrategy
    {
        public CommitAction ShouldCommit(WorkflowCommitStateStrategyContext context) => context.LifetimeEvent == WorkflowLifetimeEvent.ActivityExecuted ? CommitAction.Commit : CommitAction.Default;
    }

    /// <summary>Commits after an activity when the last commit is longer ago than the interval.</summary>
    public class PeriodicWorkflowStrategy(TimeSpan interval) : IWorkflowCommitStrategy
    {
        public TimeSpan Interval { get; } = interval;

        public CommitAction ShouldCommit(WorkflowCommitStateStrategyContext context) =>
            context.LifetimeEvent == WorkflowLifetimeEvent.ActivityExecuted && context.WorkflowExecutionContext.SystemClock.UtcNow - context.WorkflowExecutionContext.LastCommitAt >= Interval
                ? CommitAction.Commit
                : CommitAction.Default;
    }

    public class CommitAlwaysActivityStrategy : IActivityCommitStrategy
    {
        public CommitAction ShouldCommit(ActivityCommitStateStrategyContext context) => CommitAction.Commit;
    }

    public class CommitNeverActivityStrategy : IActivityCommitStrategy
    {
        public CommitAction ShouldCommit(ActivityCommitStateStrategyContext context) => CommitAction.Skip;
    }

    public class ExecutingActivityStrategy : IActivityCommitStrategy
    {
        public CommitAction ShouldCommit(ActivityCommitStateStrategyContext context) => context.LifetimeEvent == ActivityLifetimeEvent.ActivityExecuting ? CommitAction.Commit : CommitAction.Default;
    }

    public class ExecutedActivityStrategy : IActivityCommitStrategy
    {
        public CommitAction ShouldCommit(ActivityCommitStateStrategyContext context) => context.LifetimeEvent == ActivityLifetimeEvent.ActivityExecuted ? CommitAction.Commit : CommitAction.Default;
    }
}
