using System.Text.Json.Serialization;
using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Merging;

[JsonConverter(typeof(WordConverter<MergeState>))]
public enum MergeState { Queued, Testing, Landing, Landed, Failed, Cancelled }

[JsonConverter(typeof(WordConverter<BatchState>))]
public enum BatchState { Testing, Passed, Failed, Landing, Landed, Released }

[JsonConverter(typeof(WordConverter<MergeFailure>))]
public enum MergeFailure { Conflict, Checks, Other }

/// <summary>A row of <c>merges</c>: a task's head on its way into the branch.</summary>
/// <param name="BaseSha">The tip on which it was tested.</param>
/// <param name="TreeSha">The tree that was tested.</param>
/// <param name="ResultSha">The commit that was tested, and the only one that may land.</param>
/// <param name="MergeSha">Within a batch, the commit that brings in this task.</param>
public sealed record Merge(
    Guid Id, Guid TaskId, Guid RepositoryId, string HeadSha, MergeState State, int Priority, Guid? BatchId, Guid? GroupId, string? BaseSha, string? TreeSha, string? ResultSha, string? MergeSha,
    Guid? EvidenceId, string? LandedSha, string? LandedTreeSha, MergeFailure? Reason, string? Failure, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? LandedAt)
{
    internal const string Columns =
        """
        m.id, m.task_id, m.repository_id, m.head_sha::text, m.state, m.priority, m.batch_id, m.group_id, m.base_sha::text, m.tree_sha::text, m.result_sha::text, m.merge_sha::text,
        m.evidence_id, m.landed_sha::text, m.landed_tree_sha::text, m.reason, m.failure, m.created_at, m.updated_at, m.landed_at
        """;

    internal static Merge Read(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.Id(), row.Id(), row.Id(), row.Text(), row.Word<MergeState>(), row.Number(), row.OptionalId(), row.OptionalId(), row.OptionalText(), row.OptionalText(), row.OptionalText(), row.OptionalText(),
            row.OptionalId(), row.OptionalText(), row.OptionalText(), row.OptionalText() is { } reason ? Words.Parse<MergeFailure>(reason) : null, row.OptionalText(), row.Time(), row.Time(), row.OptionalTime());
    }
}

/// <summary>Queued merges that are tested and land as one.</summary>
/// <param name="Merges">Those that are still in it, in the order in which they are stacked.</param>
public sealed record MergeBatch(Guid Id, Guid RepositoryId, string Owner, BatchState State, DateTimeOffset LeaseUntil, string? BaseSha, string? TreeSha, string? ResultSha, IReadOnlyList<Merge> Merges)
{
    internal const string Columns = "b.id, b.repository_id, b.owner, b.state, b.lease_until, b.base_sha::text, b.tree_sha::text, b.result_sha::text";

    internal static MergeBatch Read(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.Id(), row.Id(), row.Text(), row.Word<BatchState>(), row.Time(), row.OptionalText(), row.OptionalText(), row.OptionalText(), []);
    }
}

/// <summary>What came of asking for a batch.</summary>
public abstract record BatchClaim
{
    private BatchClaim() { }

    /// <param name="Batch">New, or the one that this owner had, or one whose owner is gone: look at its state.</param>
    public sealed record Taken(MergeBatch Batch) : BatchClaim;

    public sealed record Empty : BatchClaim;

    public sealed record Busy(string Owner, DateTimeOffset LeaseUntil) : BatchClaim;
}

/// <summary>What the checks said to the merged tree of a batch.</summary>
/// <param name="ExitCode">Null: the repository has no checks.</param>
public sealed record BatchTest(string BaseSha, string TreeSha, string ResultSha, bool Passed, int? ExitCode, string? Command, string Log, TimeSpan Duration)
{
    /// <summary>Merge → the commit of the stack that brings it in.</summary>
    public IReadOnlyDictionary<Guid, string> MergeCommits { get; init; } = new Dictionary<Guid, string>();
}
