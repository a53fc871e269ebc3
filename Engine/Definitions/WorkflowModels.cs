namespace Elsa.Workflows.Models;

public record WorkflowIdentity(string DefinitionId, int Version, string Id, string? TenantId = null)
{
    public static WorkflowIdentity VersionOne { get; } = new("1", 1, "1");
}

public record WorkflowPublication(bool IsLatest, bool IsPublished)
{
    public static WorkflowPublication LatestAndPublished { get; } = new(true, true);
    public static WorkflowPublication LatestDraft { get; } = new(true, false);
    public static WorkflowPublication Draft { get; } = new(false, false);
}

public record WorkflowMetadata(string? Name = null, string? Description = null, DateTimeOffset CreatedAt = default, Version? ToolVersion = null);

public class WorkflowOptions
{
    public Type? ActivationStrategyType { get; set; }
    public bool? UsableAsActivity { get; set; }
    public bool AutoUpdateConsumingWorkflows { get; set; }
    public string? ActivityCategory { get; set; }
    public Type? IncidentStrategyType { get; set; }
    public string? CommitStrategyName { get; set; }
}

/// <summary>A variable as the definition's JSON has it.</summary>
public record VariableDefinition(string? Id, string Name, string TypeName, bool IsArray, string? Value, string? StorageDriverTypeName);

public record RunWorkflowResult(
    WorkflowExecutionContext WorkflowExecutionContext,
    State.WorkflowState WorkflowState,
    Elsa.Workflows.Activities.Workflow Workflow,
    object? Result,
    Journal Journal);
