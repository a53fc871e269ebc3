using AgentOS.Kernel.Database;
using AgentOS.Kernel.Tasks;
using Npgsql;

namespace AgentOS.Kernel.Board;

/// <summary>What of the board to show; what is left out does not limit.</summary>
public sealed record BoardFilter
{
    public Guid? RepositoryId { get; init; }

    /// <summary>Tasks right below this goal.</summary>
    public Guid? GoalId { get; init; }

    public Guid? AgentId { get; init; }

    /// <summary>Words of the title, the last from its beginning.</summary>
    public string? Text { get; init; }
}

/// <summary>The first cards of one column.</summary>
/// <param name="Count">Of all its tasks, as far as <see cref="BoardStore.CountedTo"/>.</param>
public sealed record BoardColumn(TaskState State, int Count, ValueList<BoardCard> Cards)
{
    public bool HasMore => Count > Cards.Count;

    internal BoardColumn KeepFrom(BoardColumn before) => this with { Cards = Cards.KeepFrom(before.Cards, card => card.Id) };
}

/// <summary>A goal that has not ended, with how far the tasks right below it are.</summary>
public sealed record BoardGoal(Guid Id, string Title, TaskState Status, int Priority, int Total, int Done, int Blocked, decimal SpentUsd, decimal? BudgetUsd, string? Error, DateTimeOffset CreatedAt)
{
    internal const string Columns = "g.id, g.title, g.status, g.priority, p.total, p.done, p.blocked, g.spent_usd, g.budget_usd, left(g.error, 300), g.created_at";

    internal const string Progress =
        """
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE status <> 'cancelled')::int AS total, count(*) FILTER (WHERE status = 'done')::int AS done, count(*) FILTER (WHERE status = 'blocked')::int AS blocked
            FROM tasks c WHERE c.parent_task_id = g.id
        ) p
        """;

    internal static BoardGoal Read(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.Id(), row.Text(), row.Word<TaskState>(), row.Number(), row.Number(), row.Number(), row.Number(), row.Money(), row.OptionalMoney(), row.OptionalText(), row.Time());
    }
}

/// <summary>The board at one moment.</summary>
/// <param name="Goals">The first of those that have not ended.</param>
/// <param name="GoalCount">Of all of these, as far as <see cref="BoardStore.CountedTo"/>.</param>
/// <param name="HasOthers">More than <see cref="BoardStore.MostFound"/> tasks have the words that are looked for: the newest of them are here.</param>
public sealed record BoardPage(ValueList<BoardColumn> Columns, ValueList<BoardGoal> Goals, int GoalCount, bool HasOthers = false)
{
    public bool IsEmpty => Goals.Count == 0 && Columns.All(column => column.Count == 0);

    /// <summary>This board, with what is as it was before as the same objects.</summary>
    public BoardPage KeepFrom(BoardPage before) => this with
    {
        Columns = Columns.KeepFrom(before.Columns, column => column.State, (was, now) => now.KeepFrom(was)), Goals = Goals.KeepFrom(before.Goals, goal => goal.Id),
    };
}
