using Elsa.Workflows.CommitStates;
using Elsa.Workflows.CommitStates.Strategies;

namespace AgentOS.Engine.Execution;

/// <summary>The commit strategies that definitions can name.</summary>
internal static class CommitStrategies
{
    public static ICommitStrategyRegistry CreateRegistry()
    {
        var registry = new DefaultCommitStrategyRegistry();
        Add("WorkflowExecuting", "Workflow executing", "Before the first activity of a burst.", new WorkflowExecutingWorkflowStrategy());
        Add("WorkflowExecuted", "Workflow executed", "After the last activity of a burst.", new WorkflowExecutedWorkflowStrategy());
        Add("ActivityExecuting", "Activity executing", "Before each activity.", new ActivityExecutingWorkflowStrategy());
        Add("ActivityExecuted", "Activity executed", "After each activity.", new ActivityExecutedWorkflowStrategy());
        AddForActivity("CommitAlways", "Commit always", "Before and after the activity.", new CommitAlwaysActivityStrategy());
        AddForActivity("CommitNever", "Commit never", "Neither before nor after the activity.", new CommitNeverActivityStrategy());
        AddForActivity("Executing", "Executing", "Before the activity.", new ExecutingActivityStrategy());
        AddForActivity("Executed", "Executed", "After the activity.", new ExecutedActivityStrategy());
        return registry;

        void Add(string name, string displayName, string description, IWorkflowCommitStrategy strategy) =>
            registry.RegisterStrategy(new WorkflowCommitStrategyRegistration(strategy, new() { Name = name, DisplayName = displayName, Description = description }));

        void AddForActivity(string name, string displayName, string description, IActivityCommitStrategy strategy) =>
            registry.RegisterStrategy(new ActivityCommitStrategyRegistration(strategy, new() { Name = name, DisplayName = displayName, Description = description }));
    }
}
