using Elsa.Workflows.Activities;

namespace Elsa.Workflows
{
    public record WorkflowInstantiationStrategyContext(Workflow Workflow, string? CorrelationId, CancellationToken CancellationToken);

    /// <summary>
    /// Says whether another instance may start. The strategies that come with the engine are decided by the database, together with the start itself:
    /// asked beforehand, two nodes would both get a yes.
    /// </summary>
    public interface IWorkflowActivationStrategy
    {
        ValueTask<bool> GetAllowActivationAsync(WorkflowInstantiationStrategyContext context);
    }
}

namespace Elsa.Workflows.ActivationValidators
{
    public class AllowAlwaysStrategy : IWorkflowActivationStrategy
    {
        public ValueTask<bool> GetAllowActivationAsync(WorkflowInstantiationStrategyContext context) => new(true);
    }
}

namespace Elsa.Workflows.Runtime.ActivationValidators
{
    /// <summary>One running instance of the workflow.</summary>
    public class SingletonStrategy : IWorkflowActivationStrategy
    {
        internal SingletonStrategy() { }

        public ValueTask<bool> GetAllowActivationAsync(WorkflowInstantiationStrategyContext context) => new(true);
    }

    /// <summary>One running instance of the workflow for each correlation id.</summary>
    public class CorrelatedSingletonStrategy : IWorkflowActivationStrategy
    {
        internal CorrelatedSingletonStrategy() { }

        public ValueTask<bool> GetAllowActivationAsync(WorkflowInstantiationStrategyContext context) => new(true);
    }

    /// <summary>One running instance of any workflow for each correlation id.</summary>
    public class CorrelationStrategy : IWorkflowActivationStrategy
    {
        internal CorrelationStrategy() { }

        public ValueTask<bool> GetAllowActivationAsync(WorkflowInstantiationStrategyContext context) => new(true);
    }
}
