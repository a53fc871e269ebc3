using System.Text;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Tasks;
using Npgsql;

namespace AgentOS.Kernel.Board;

/// <summary>
/// The board: for each state the first tasks, by index, however many there are. Nothing here reads more rows than it shows, but for what the filters leave out.
/// </summary>
public sealed partial class BoardStore(NpgsqlDataSource database)
{
    public static readonly IReadOnlyList<TaskState> States = [TaskState.Inbox, TaskState.Assigned, TaskState.InProgress, TaskState.Review, TaskState.Done, TaskState.Blocked];

    /// <summary>Further on, tasks of a column are not counted.</summary>
    public const int CountedTo = 1000;

    private const int MostGoals = 12;

    private const string OpenGoals = "kind = 'goal' AND status IN ('inbox', 'assigned', 'in_progress', 'review', 'blocked') AND (@goal::uuid IS NULL OR id = @goal) AND (@repository::uuid IS NULL OR repository_id = @repository)";

    private static readonly string Around =
        $"""
        LEFT JOIN agents a ON a.id = t.assignee_id
        LEFT JOIN repositories r ON r.id = t.repository_id
        LEFT JOIN tasks g ON g.id = t.parent_task_id
        LEFT JOIN LATERAL (
            SELECT count(*)::int AS count, min(o.title) AS title FROM task_dependencies d JOIN tasks o ON o.id = d.depends_on_id
            WHERE d.task_id = t.id AND o.status <> 'done' AND t.status IN ('inbox', 'assigned')
        ) w ON TRUE
        LEFT JOIN LATERAL ({BoardSession.Running("t.id")}) s ON t.status IN ('in_progress', 'review')
        """;

    /// <param name="limit">Cards for each column.</param>
    public async Task<BoardPage> ReadAsync(BoardFilter filter, int limit = 30, CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Sql.ByValues));
        var (where, parameters) = Where(filter);
        var isSearch = Words(filter.Text) is not null;
        if (isSearch) Add(Found(where), ("limit", limit));
        else
        {
            foreach (var state in States)
            {
                // Bounded first, then what is around the few that are left.
                Add(
                    $"""
                    SELECT {BoardCard.Columns} FROM (SELECT * FROM tasks t WHERE kind = 'code' AND status = '{state.Word()}'{where} ORDER BY {Order(state)} LIMIT @limit) t
                    {Around} ORDER BY {Order(state)}
                    """, ("limit", limit));
                Add($"SELECT count(*)::int FROM (SELECT FROM tasks t WHERE kind = 'code' AND status = '{state.Word()}'{where} LIMIT {CountedTo + 1}) t");
            }
        }

        Add(
            $"""
            SELECT {BoardGoal.Columns} FROM (
                SELECT * FROM tasks t WHERE {OpenGoals} ORDER BY priority DESC, created_at DESC, id LIMIT {MostGoals}
            ) g
            {BoardGoal.Progress}
            ORDER BY g.priority DESC, g.created_at DESC, g.id
            """);
        Add($"SELECT count(*)::int FROM (SELECT FROM tasks WHERE {OpenGoals} LIMIT {CountedTo + 1}) g");
        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        await rows.NextResultAsync(cancellation);
        var (columns, hasOthers) = isSearch ? Columns(await AllAsync(FoundCard.Read)) : (await ColumnsAsync(), false);
        return new(columns, new(await AllAsync(BoardGoal.Read)), (await AllAsync(row => row.GetInt32(0)))[0], hasOthers);

        void Add(string sql, params (string Name, object? Value)[] own)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var (name, value) in parameters.Concat(own)) command.Parameters.Add(Sql.Parameter(name, value));
            batch.BatchCommands.Add(command);
        }

        async Task<ValueList<BoardColumn>> ColumnsAsync()
        {
            List<BoardColumn> columns = [];
            foreach (var state in States)
            {
                var cards = await AllAsync(BoardCard.Read);
                columns.Add(new(state, (await AllAsync(row => row.GetInt32(0)))[0], new(cards)));
            }

            return new(columns);
        }

        async Task<List<T>> AllAsync<T>(Func<NpgsqlDataReader, T> read)
        {
            List<T> found = [];
            while (await rows.ReadAsync(cancellation)) found.Add(read(rows));
            await rows.NextResultAsync(cancellation);
            return found;
        }
    }

    /// <summary>Done tasks that are older than one that is shown, the latest first.</summary>
    public Task<List<BoardCard>> OlderAsync(BoardFilter filter, BoardCard than, int limit, CancellationToken cancellation = default)
    {
        var (where, parameters) = Where(filter);
        return database.SearchAsync(
            $"""
            SELECT {BoardCard.Columns} FROM (
                SELECT * FROM tasks t WHERE kind = 'code' AND status = 'done'{where} AND (t.completed_at, t.id) < (@at, @id) ORDER BY {Order(TaskState.Done)} LIMIT @limit
            ) t {Around} ORDER BY {Order(TaskState.Done)}
            """, BoardCard.Read, cancellation, [.. parameters, ("at", than.CompletedAt), ("id", than.Id), ("limit", limit)]);
    }

    private static string Order(TaskState state) => state == TaskState.Done ? "t.completed_at DESC, t.id DESC" : "t.priority DESC, t.created_at, t.id";

    /// <summary>Only the conditions that are asked for stand in the statement: each then has its own plan, and index.</summary>
    private static (string Where, (string, object?)[] Parameters) Where(BoardFilter filter)
    {
        var where = new StringBuilder();
        if (filter.RepositoryId is not null) where.Append(" AND t.repository_id = @repository");
        if (filter.GoalId is not null) where.Append(" AND t.parent_task_id = @goal");
        if (filter.AgentId is not null) where.Append(" AND t.assignee_id = @agent");
        var words = Words(filter.Text);
        if (words is not null) where.Append(" AND to_tsvector('simple', t.title) @@ @words::tsquery");
        return (where.ToString(), [("repository", filter.RepositoryId), ("goal", filter.GoalId), ("agent", filter.AgentId), ("words", words)]);
    }

    /// <summary>
    /// What a person typed as a query that PostgreSQL takes: whole words, and the last, which may still be being typed, from its beginning. (The beginnings of
    /// common words stand for so much of the index that each would take a tenth of a second.)
    /// </summary>
    internal static string? Words(string? text)
    {
        var words = (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(word => new string([.. word.ToLowerInvariant().Select(letter => char.IsLetterOrDigit(letter) ? letter : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Take(8).ToList();
        return words.Count == 0 ? null : string.Join(" & ", words.Select((word, at) => at < words.Count - 1 ? $"'{word}'" : $"'{word}':*"));
    }
}
