namespace Elsa.Workflows
{
    /// <summary>What becomes of a workflow one of whose activities faulted.</summary>
    public interface IIncidentStrategy
    {
        void HandleIncident(ActivityExecutionContext context);
    }

    public static class DefaultFaultTypes
    {
        public static readonly string System = "System";
        public static readonly string Business = "Business";
        public static readonly string Integration = "Integration";
    }
}

namespace Elsa.Workflows.IncidentStrategies
{
    /// <summary>The workflow ends as faulted.</summary>
    public class FaultStrategy : IIncidentStrategy
    {
        public void HandleIncident(ActivityExecutionContext context) => context.WorkflowExecutionContext.TransitionTo(WorkflowSubStatus.Faulted);
    }

    /// <summary>The faulted activity stays where it is; the rest of the workflow goes on.</summary>
    public class ContinueWithIncidentsStrategy : IIncidentStrategy
    {
        public void HandleIncident(ActivityExecutionContext context) { }
    }
}

namespace Elsa.Workflows.Exceptions
{
    /// <summary>A fault raised on purpose, with a code that programs can read.</summary>
    public class FaultException(string code, string category, string type, string? message) : Exception(message)
    {
        public string Code { get; } = code;
        public string Category { get; } = category;
        public string Type { get; } = type;
    }

    public class ActivityNotFoundException : Exception
    {
        public ActivityNotFoundException(string missingTypeName) : this(missingTypeName, 0) { }

        public ActivityNotFoundException(string missingTypeName, int missingTypeVersion)
            : base($"There is no activity type '{missingTypeName}'{(missingTypeVersion > 0 ? $" (version {missingTypeVersion})" : "")} here.")
        {
            MissingTypeName = missingTypeName;
            MissingTypeVersion = missingTypeVersion;
        }

        public string MissingTypeName { get; }
        public int MissingTypeVersion { get; }
    }

    public class InputEvaluationException(string inputName, string message, Exception exception) : Exception(message, exception)
    {
        public string InputName { get; } = inputName;
    }
}
