using AgentOS.Kernel.Board;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Evidence;
using AgentOS.Kernel.Merging;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Sessions;
using Npgsql;

namespace AgentOS.Kernel.Tasks;

public sealed partial class TaskStore
{
    private const int MostLinks = 50, MostSessions = 60, MostEvidence = 100, MostQuestions = 10;

    /// <summary>Of the task's log, so far back is looked for what was sent back.</summary>
    private const int MostEntries = 500;

    private static readonly string[] Around =
    [
        $"SELECT {AgentTask.Columns} FROM tasks t WHERE id = @id",
        """
        SELECT g.id, g.kind, g.title, g.status FROM tasks t JOIN tasks g ON g.id = t.parent_task_id WHERE t.id = @id
        """,
        "SELECT a.name, r.name FROM tasks t LEFT JOIN agents a ON a.id = t.assignee_id LEFT JOIN repositories r ON r.id = t.repository_id WHERE t.id = @id",
        $"SELECT o.id, o.kind, o.title, o.status FROM task_dependencies d JOIN tasks o ON o.id = d.depends_on_id WHERE d.task_id = @id ORDER BY o.id LIMIT {MostLinks}",
        $"SELECT o.id, o.kind, o.title, o.status FROM task_dependencies d JOIN tasks o ON o.id = d.task_id WHERE d.depends_on_id = @id ORDER BY o.id LIMIT {MostLinks}",
        $"""
        SELECT {Session.Columns}, a.name FROM (SELECT * FROM agent_sessions WHERE task_id = @id ORDER BY started_at DESC, id DESC LIMIT {MostSessions}) s
        JOIN agents a ON a.id = s.agent_id ORDER BY s.started_at, s.id
        """,
        $"SELECT {EvidenceEntry.Columns(false)} FROM (SELECT * FROM evidence WHERE task_id = @id ORDER BY created_at DESC, id DESC LIMIT {MostEvidence}) e ORDER BY created_at, id",
        $$"""
        SELECT (metadata ->> 'attempt')::int - CASE metadata ->> 'to' WHEN 'blocked' THEN 0 ELSE 1 END, message, metadata ->> 'reason', created_at
        FROM (SELECT * FROM activities WHERE task_id = @id ORDER BY position DESC LIMIT {{MostEntries}}) l
        WHERE event_type IN ('task.sent_back', 'task.blocked', 'task.stopped', 'task.handed_back') ORDER BY position
        """,
        $"""
        SELECT {Message.Columns} FROM messages m WHERE task_id = @id AND message_type = 'question'
            AND NOT EXISTS (SELECT FROM messages a WHERE a.in_reply_to = m.id AND a.message_type = 'answer')
        ORDER BY created_at DESC, id DESC LIMIT {MostQuestions}
        """,
        $"SELECT {Merge.Columns} FROM merges m WHERE task_id = @id AND state <> 'cancelled' ORDER BY created_at DESC LIMIT 1",
        $"SELECT n.purpose, n.kind, n.tool, n.argument FROM ({BoardSession.Running("@id")}) n",
    ];

    /// <summary>The task with what is around it; each list is bounded and found by index. One round trip.</summary>
    /// <returns>Null when there is no such task, or when it is a goal.</returns>
    public async Task<TaskOverview?> OverviewAsync(Guid id, CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var sql in Around) batch.BatchCommands.Add(Command(sql, ("id", id)));
        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        if (await AllAsync(AgentTask.Read) is not [{ Kind: TaskKind.Code } task]) return null;
        var goal = await AllAsync(TaskLink.Read);
        var (agent, repository) = (await AllAsync(row => (Name(row, 0), Name(row, 1))))[0];
        var (before, after) = (await AllAsync(TaskLink.Read), await AllAsync(TaskLink.Read));
        var sessions = await AllAsync(row => new TaskSession(Session.Read(row), row.GetString(row.FieldCount - 1)));
        var evidence = await AllAsync(EvidenceEntry.Read);
        var sentBack = await AllAsync(ReadSentBack);
        var questions = await AllAsync(Message.ReadRow);
        var merge = await AllAsync(Merge.Read);
        var now = await AllAsync(ReadNow);
        return new(task, goal.FirstOrDefault(), agent, repository, new(before), new(after), new(sessions), evidence, new(sentBack), new(questions), merge.FirstOrDefault(), now.FirstOrDefault());

        async Task<List<T>> AllAsync<T>(Func<NpgsqlDataReader, T> read)
        {
            List<T> found = [];
            while (await rows.ReadAsync(cancellation)) found.Add(read(rows));
            await rows.NextResultAsync(cancellation);
            return found;
        }

        static string? Name(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
    }

    private static SentBack ReadSentBack(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.OptionalNumber() ?? 1, row.OptionalText(), row.OptionalText(), row.Time());
    }

    private static BoardSession? ReadNow(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return BoardSession.Read(ref row);
    }
}
