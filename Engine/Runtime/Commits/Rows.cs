namespace AgentOS.Engine.Runtime.Commits;

/// <summary>A row of engine.workflow_instances as a commit writes it. Times are UTC.</summary>
public sealed record InstanceRow(
    string Id, string DefinitionId, string DefinitionVersionId, int Version, string Status, string SubStatus,
    string? CorrelationId, string? Name, string? ParentId, int IncidentCount, bool IsSystem, string? ActivationKey,
    DateTime CreatedAt, DateTime UpdatedAt, DateTime? FinishedAt, ReadOnlyMemory<byte> State);

/// <summary>A row of engine.journal.</summary>
public readonly record struct JournalRow(long Sequence, string ExecutionId, string EventName, DateTime At, ReadOnlyMemory<byte>? Detail);

/// <summary>A row of engine.activity_executions.</summary>
public readonly record struct ExecutionRow(
    string Id, string? ParentId, string ActivityId, string NodeId, string ActivityType, int ActivityVersion, string? ActivityName,
    string Status, DateTime StartedAt, DateTime? CompletedAt, bool HasBookmarks, int FaultCount,
    string? ScheduledBy, string? ScheduledByActivity, string? ScheduledByInstance, int? CallStackDepth, bool HasRetries, ReadOnlyMemory<byte> Detail);

/// <summary>A row of engine.bookmarks.</summary>
public readonly record struct BookmarkRow(
    string Id, string ExecutionId, string ActivityId, string NodeId, string Name, string Hash, string? CorrelationId,
    ReadOnlyMemory<byte>? Payload, ReadOnlyMemory<byte>? Metadata, DateTime CreatedAt);

/// <summary>A row of engine.work: something that a burst (or an API call) asks for and a pump does later.</summary>
public readonly record struct WorkRow(
    string Kind, string InstanceId, string? DefinitionVersionId, string? BookmarkId, string? CorrelationId, string? ParentId,
    ReadOnlyMemory<byte>? Request);

/// <summary>A stimulus: every bookmark and, when it names no instance, every trigger with this hash is woken; if there is none it is kept until <see cref="ExpiresAt"/>.</summary>
public readonly record struct StimulusRow(
    string Name, string Hash, string? InstanceId, string? CorrelationId, string? ExecutionId, string? BookmarkId,
    ReadOnlyMemory<byte>? Input, DateTime? ExpiresAt);

/// <summary>A row of engine.timers that belongs to a bookmark.</summary>
public readonly record struct TimerRow(string BookmarkId, DateTime DueAt);

/// <summary>All that one burst changed since the commit before: it is written as a whole or not at all.</summary>
public sealed class InstanceCommit
{
    /// <summary>Null: only asks for work.</summary>
    public InstanceRow? Instance { get; init; }

    /// <summary>The epoch that the claim gave, or 0 when the instance is not in the database yet.</summary>
    public long Epoch { get; init; }

    /// <summary>Whether the burst goes on after this commit; if so the node keeps the instance.</summary>
    public bool GoesOn { get; init; }

    public List<JournalRow> Journal { get; } = [];
    public List<ExecutionRow> NewExecutions { get; } = [];
    public List<ExecutionRow> ChangedExecutions { get; } = [];
    public List<BookmarkRow> NewBookmarks { get; } = [];
    public List<string> BurnedBookmarks { get; } = [];
    public List<TimerRow> Timers { get; } = [];
    public List<WorkRow> Dispatched { get; } = [];
    public List<StimulusRow> Published { get; } = [];

    /// <summary>Items of the work queue that this burst did.</summary>
    public List<WorkClaim> Done { get; } = [];
}

/// <summary>An item of work as this node claimed it. The attempt is its epoch.</summary>
public readonly record struct WorkClaim(long Id, int Attempt);
