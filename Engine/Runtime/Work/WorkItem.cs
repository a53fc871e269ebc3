using AgentOS.Engine.Runtime.Commits;

namespace AgentOS.Engine.Runtime.Work;

/// <summary>An item of the queue as this node claimed it.</summary>
public sealed record WorkItem(
    WorkClaim Claim, string Kind, string InstanceId, string? DefinitionVersionId, string? BookmarkId, string? Hash, string? CorrelationId, string? ParentId, string? Request);

/// <summary>A running instance as this node claimed it. Nobody else may write it until it is released, or this node is taken for dead.</summary>
public sealed record InstanceClaim(string Id, long Epoch, string DefinitionVersionId, int Takeovers, string State);

/// <summary>What a claim brought: items that belong together because they are for one instance. A start has no instance yet.</summary>
public sealed record ClaimedWork(InstanceClaim? Instance, IReadOnlyList<WorkItem> Items);
