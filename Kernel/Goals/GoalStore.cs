using AgentOS.Kernel.Database;
using AgentOS.Kernel.Tasks;
using Npgsql;

namespace AgentOS.Kernel.Goals;

/// <summary>Goals as people look at them. Everything is read by index, from the goal downwards, and no more than is shown.</summary>
public sealed class GoalStore(NpgsqlDataSource database)
{
    public const int MostTasks = 300;
    public const int MostSessions = 400;

    // A recursion comes level by level, so that the limit leaves out the deepest.
    private const string Tree =
        """
        WITH RECURSIVE tree AS (
            SELECT id FROM tasks WHERE parent_task_id = @id
            UNION ALL SELECT c.id FROM tasks c JOIN tree p ON c.parent_task_id = p.id
        ), part AS MATERIALIZED (SELECT id FROM tree LIMIT @tasks), whole AS MATERIALIZED (SELECT id FROM part UNION ALL SELECT @id)
        """;

    /// <returns>Null: there is no such goal.</returns>
    public async Task<GoalPage?> ReadAsync(Guid id, CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Sql.ByValues));
        foreach (var sql in (string[])
        [
            $"SELECT {AgentTask.Columns} FROM tasks t WHERE id = @id AND kind = 'goal'",
            "SELECT r.name, g.id, g.title, now() FROM tasks t LEFT JOIN repositories r ON r.id = t.repository_id LEFT JOIN tasks g ON g.id = t.parent_task_id WHERE t.id = @id",
            $"{Tree} SELECT {GoalPart.Columns} FROM tasks t JOIN part USING (id) LEFT JOIN agents a ON a.id = t.assignee_id ORDER BY t.depth, t.created_at, t.id",
            $"{Tree} SELECT d.task_id, d.depends_on_id FROM task_dependencies d JOIN part ON part.id = d.task_id",
            $"""
            {Tree} SELECT * FROM (
                SELECT {GoalSession.Columns} FROM whole JOIN agent_sessions s ON s.task_id = whole.id JOIN tasks t ON t.id = s.task_id JOIN agents a ON a.id = s.agent_id
                ORDER BY s.started_at DESC LIMIT @sessions
            ) s ORDER BY started_at
            """,
            $"{Tree} SELECT t.id, t.title, COALESCE(m.merge_sha, m.landed_sha)::text, m.landed_at FROM part JOIN merges m ON m.task_id = part.id JOIN tasks t ON t.id = m.task_id WHERE m.state = 'landed' ORDER BY m.landed_at LIMIT @sessions",
        ])
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var (name, value) in new (string, object?)[] { ("id", id), ("tasks", MostTasks), ("sessions", MostSessions) })
                if (sql.Contains('@' + name, StringComparison.Ordinal)) command.Parameters.Add(Sql.Parameter(name, value));
            batch.BatchCommands.Add(command);
        }

        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        await rows.NextResultAsync(cancellation);
        if ((await AllAsync(AgentTask.Read)) is not [var goal]) return null;
        var (repository, parent, at) = (await AllAsync(ReadAround)).Single();
        return new(goal, repository, parent, await AllAsync(GoalPart.Read), await AllAsync(row => new GoalDependency(row.GetGuid(0), row.GetGuid(1))),
            await AllAsync(GoalSession.Read), await AllAsync(row => new GoalMerge(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3))), at);

        async Task<List<T>> AllAsync<T>(Func<NpgsqlDataReader, T> read)
        {
            List<T> found = [];
            while (await rows.ReadAsync(cancellation)) found.Add(read(rows));
            await rows.NextResultAsync(cancellation);
            return found;
        }
    }

    private static (string? Repository, GoalLink? Parent, DateTimeOffset At) ReadAround(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        var (repository, id, title, at) = (row.OptionalText(), row.OptionalId(), row.OptionalText(), row.Time());
        return (repository, id is { } above ? new GoalLink(above, title!) : null, at);
    }
}
