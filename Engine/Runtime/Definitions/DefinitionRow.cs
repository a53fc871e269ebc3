namespace AgentOS.Engine.Runtime.Definitions;

/// <summary>A version of a workflow definition. <see cref="Model"/> is its JSON: root, variables, inputs, outputs, outcomes, options, customProperties, toolVersion.</summary>
public sealed record DefinitionRow(
    string Id, string DefinitionId, int Version, string? Name, string? Description, bool IsLatest, bool IsPublished, bool IsReadonly, bool IsSystem,
    bool? UsableAsActivity, string Model, string? SourceHash, DateTime CreatedAt);

/// <summary>What a definition is to become. An empty <see cref="DefinitionId"/> makes a new definition.</summary>
public sealed record DefinitionDraft(string? DefinitionId, string? Name, string? Description, bool IsReadonly, bool IsSystem, bool? UsableAsActivity, string Model, string? SourceHash = null);

/// <summary>A row of engine.triggers, with the timer that belongs to it if it is one of time.</summary>
public sealed record TriggerRow(string ActivityId, string Name, string Hash, string Payload, TriggerTimer? Timer = null);

/// <param name="Kind">once, interval or cron.</param>
/// <param name="Schedule">Cron expression or ISO 8601 duration.</param>
/// <param name="DueAt">First time, UTC.</param>
public sealed record TriggerTimer(string Kind, string? Schedule, DateTime DueAt);

/// <summary>Which definitions a listing shows.</summary>
public sealed record DefinitionQuery
{
    public Elsa.Common.Models.VersionOptions? Versions { get; init; }
    public IReadOnlyCollection<string>? DefinitionIds { get; init; }
    public IReadOnlyCollection<string>? Ids { get; init; }
    public string? SearchTerm { get; init; }
    public string? Name { get; init; }
    public bool? IsSystem { get; init; }
    public string? OrderBy { get; init; }
    public bool Descending { get; init; }
    public int Skip { get; init; }
    public int? Take { get; init; }
}

/// <summary>Two published definitions would answer the same HTTP requests.</summary>
public sealed class RouteTakenException(string definitionId)
    : Exception($"The workflow '{definitionId}' is published with the same HTTP path and method. Change the path, or unpublish it first.");
