using AgentOS.Kernel.Database;

namespace AgentOS.Kernel.Board;

/// <summary>Which goals are looked for; what is left out does not limit.</summary>
public sealed record GoalFilter
{
    public Guid? RepositoryId { get; init; }

    /// <summary>Those that have ended (true), or that have not (false).</summary>
    public bool? HasEnded { get; init; }

    /// <summary>Words of the title, the last from its beginning.</summary>
    public string? Text { get; init; }

    /// <summary>Only goals that are older than this one.</summary>
    public Guid? Before { get; init; }
    public int Limit { get; init; } = 60;
}

public sealed partial class BoardStore
{
    public const int MostListedGoals = 600;

    /// <summary>Goals with how far they are, the newest first.</summary>
    public Task<List<BoardGoal>> GoalsAsync(GoalFilter filter, CancellationToken cancellation = default)
    {
        var words = Words(filter.Text);
        var where = (filter.RepositoryId is null ? "" : " AND t.repository_id = @repository::uuid") + (words is null ? "" : " AND to_tsvector('simple', t.title) @@ @words::tsquery")
            + (filter.Before is null ? "" : " AND (t.created_at, t.id) < ((SELECT b.created_at FROM tasks b WHERE b.id = @before), @before)")
            + (filter.HasEnded is not { } ended ? "" : $" AND t.status {(ended ? "" : "NOT ")}IN ('done', 'cancelled')");
        return database.SearchAsync(
            $"""
            SELECT {BoardGoal.Columns} FROM (SELECT * FROM tasks t WHERE kind = 'goal'{where} ORDER BY created_at DESC, id DESC LIMIT @limit) g
            {BoardGoal.Progress} ORDER BY g.created_at DESC, g.id DESC
            """, BoardGoal.Read, cancellation, ("repository", filter.RepositoryId), ("words", words), ("before", filter.Before), ("limit", Math.Clamp(filter.Limit, 1, MostListedGoals + 1)));
    }
}
