namespace AgentOS.Engine.Runtime.Api.Descriptors;

internal sealed record FeatureModel(string Name, string Namespace, string FullName, string DisplayName, string Description);

/// <summary>What the engine can do, by the names that Studio asks for: it opens a live connection only to a server that lists it.</summary>
internal static class InstalledFeatures
{
    public static readonly FeatureModel[] All =
    [
        Feature("Elsa", "The engine."),
        Feature("Expressions", "Literals, JSON, variables and inputs as values of properties."),
        Feature("JavaScript", "JavaScript as values of properties, and the activity that runs a script."),
        Feature("Liquid", "Liquid templates as values of properties."),
        Feature("Http", "Workflows that are started by, and answer, HTTP requests."),
        Feature("Scheduling", "Workflows that start or go on by the clock."),
        Feature("Flowchart", "Activities joined by connections."),
        Feature("CommitStrategies", "When an instance is written."),
        Feature("Workflows", "Activities and their interpreter."),
        Feature("WorkflowDefinitions", "Definitions in PostgreSQL."),
        Feature("WorkflowInstances", "Instances in PostgreSQL."),
        Feature("WorkflowManagement", "Versions of definitions."),
        Feature("WorkflowRuntime", "Durable execution."),
        Feature("WorkflowsApi", "This API."),
        Feature("Resilience", "Attempts of activities that tried again."),
        Feature("RealTimeWorkflowUpdates", "Instances that are watched live."),
    ];

    private static FeatureModel Feature(string name, string description) => new(name, "Elsa", $"Elsa.{name}", string.Concat(name.Select((letter, i) => i > 0 && char.IsUpper(letter) && char.IsLower(name[i - 1]) ? $" {letter}" : $"{letter}")), description);
}
