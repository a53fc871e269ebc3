using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Messages;

public sealed partial class MessageStore(NpgsqlDataSource database)
{
    /// <returns>The message; the one that was sent before, when the same step (or id) sends again.</returns>
    public async Task<Message> SendAsync(NewMessage message, CancellationToken cancellation = default)
    {
        var sent = await database.FirstAsync(
            $"""
            WITH made AS (
                INSERT INTO messages (id, task_id, from_agent_id, to_agent_id, content, message_type, session_id, step_key, file, line, commit_sha)
                VALUES (@id, @task, @from, @to, @content, @type, @session, @step, @file, @line, @commit) ON CONFLICT DO NOTHING RETURNING *
            ), logged AS (
                INSERT INTO activities (event_type, agent_id, task_id, message, metadata)
                SELECT 'message.' || message_type, from_agent_id, task_id, left(content, 500), jsonb_build_object('message', id) FROM made
            )
            SELECT {Message.Columns}, pg_notify('agentos', json_build_object('kind', 'message', 'id', id, 'state', message_type, 'parent', task_id)::text) FROM made m
            """, Message.ReadRow, cancellation, ("id", message.Id), ("task", message.TaskId), ("from", message.FromAgentId), ("to", message.ToAgentId), ("content", message.Content),
            ("type", message.MessageType), ("session", message.SessionId), ("step", message.StepKey), ("file", message.File), ("line", message.Line), ("commit", message.CommitSha));
        return sent ?? await database.FirstAsync($"SELECT {Message.Columns} FROM messages m WHERE id = @id OR step_key = @step", Message.ReadRow, cancellation, ("id", message.Id), ("step", message.StepKey))
            ?? throw new NotFoundException("message", message.Id);
    }

    /// <summary>Answers a question. There is one answer; the same text again is the same answer.</summary>
    /// <exception cref="RefusedException">It is answered already, or is no question.</exception>
    public async Task<Message> AnswerAsync(Guid questionId, string content, Guid? fromAgentId = null, CancellationToken cancellation = default)
    {
        var question = await FindAsync(questionId, cancellation) ?? throw new NotFoundException("question", questionId);
        if (question.MessageType != MessageType.Question) throw new RefusedException($"Message {questionId} is no question.");
        var answer = await database.FirstAsync(
            $"""
            WITH made AS (
                INSERT INTO messages (id, task_id, from_agent_id, to_agent_id, content, message_type, session_id, in_reply_to)
                VALUES (@id, @task, @from, @to, @content, 'answer', @session, @question) ON CONFLICT (in_reply_to) WHERE message_type = 'answer' DO NOTHING RETURNING *
            ), seen AS (UPDATE messages SET read = TRUE WHERE id = @question AND EXISTS (SELECT FROM made)),
            logged AS (
                INSERT INTO activities (event_type, agent_id, task_id, message, metadata) SELECT 'message.answer', from_agent_id, task_id, left(content, 500), jsonb_build_object('message', id, 'question', in_reply_to) FROM made
            )
            SELECT {Message.Columns}, pg_notify('agentos', json_build_object('kind', 'message', 'id', id, 'state', 'answer', 'parent', task_id)::text) FROM made m
            """, Message.ReadRow, cancellation, ("id", Guid.CreateVersion7()), ("task", question.TaskId), ("from", fromAgentId), ("to", question.FromAgentId), ("content", content),
            ("session", question.SessionId), ("question", questionId));
        if (answer is not null) return answer;
        var earlier = await AnswerToAsync(questionId, cancellation);
        return earlier?.Content == content ? earlier : throw new RefusedException($"The question is answered already: {earlier?.Content}");
    }

    public Task<Message?> FindAsync(Guid id, CancellationToken cancellation = default) =>
        database.FirstAsync($"SELECT {Message.Columns} FROM messages m WHERE id = @id", Message.ReadRow, cancellation, ("id", id));

    /// <summary>The message that a step sent.</summary>
    public Task<Message?> FindByStepAsync(string stepKey, CancellationToken cancellation = default) =>
        database.FirstAsync($"SELECT {Message.Columns} FROM messages m WHERE step_key = @step", Message.ReadRow, cancellation, ("step", stepKey));

    public Task<Message?> AnswerToAsync(Guid questionId, CancellationToken cancellation = default) =>
        database.FirstAsync($"SELECT {Message.Columns} FROM messages m WHERE in_reply_to = @id AND message_type = 'answer'", Message.ReadRow, cancellation, ("id", questionId));

    /// <summary>Questions that no one has answered, of one task, one session, or all; the oldest first.</summary>
    public Task<List<Message>> OpenQuestionsAsync(Guid? taskId = null, Guid? sessionId = null, CancellationToken cancellation = default) =>
        database.ListAsync(
            $"""
            SELECT {Message.Columns} FROM messages m
            {Sql.Where((true, "message_type = 'question'"), (taskId is not null, "task_id = @task"), (sessionId is not null, "session_id = @session"))}
                AND NOT EXISTS (SELECT FROM messages a WHERE a.in_reply_to = m.id AND a.message_type = 'answer')
            ORDER BY created_at, id
            """, Message.ReadRow, cancellation, ("task", taskId), ("session", sessionId));

    /// <summary>Tasks that have the answer they wait for, and whose workflow was perhaps not told.</summary>
    public Task<List<Guid>> AnsweredTasksAsync(CancellationToken cancellation = default) =>
        database.ListAsync(
            """
            SELECT DISTINCT t.id FROM messages q JOIN messages a ON a.in_reply_to = q.id AND a.message_type = 'answer' JOIN tasks t ON t.id = q.task_id
            WHERE t.status IN ('in_progress', 'review') AND t.workflow_instance_id IS NOT NULL AND (
                EXISTS (SELECT FROM agent_sessions s WHERE s.id = q.session_id AND s.status = 'running' AND q.step_key = s.id || ':' || s.entry_count)
                OR q.step_key = 'approval:' || t.id || ':' || t.head_sha AND NOT EXISTS (SELECT FROM merges m WHERE m.task_id = t.id AND m.head_sha = t.head_sha))
            """, row => row.GetGuid(0), cancellation);

    /// <summary>The newest messages, oldest first.</summary>
    public async Task<List<Message>> ListAsync(Guid? taskId = null, Guid? agentId = null, int limit = 200, CancellationToken cancellation = default)
    {
        var messages = await database.SearchAsync(
            $"""
            SELECT {Message.Columns} FROM messages m
            {Sql.Where((taskId is not null, "task_id = @task"), (agentId is not null, "(from_agent_id = @agent OR to_agent_id = @agent OR to_agent_id IS NULL)"))}
            ORDER BY created_at DESC, id DESC LIMIT @limit
            """, Message.ReadRow, cancellation, ("task", taskId), ("agent", agentId), ("limit", Math.Clamp(limit, 1, 1000)));
        messages.Reverse();
        return messages;
    }

    public Task MarkReadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellation = default) =>
        database.RunAsync("UPDATE messages SET read = TRUE WHERE id = ANY(@ids) AND NOT read", cancellation, ("ids", ids.ToArray()));
}
