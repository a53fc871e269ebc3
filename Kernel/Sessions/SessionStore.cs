using AgentOS.Kernel.Database;
using AgentOS.Kernel.Evidence;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Tasks;
using Npgsql;

namespace AgentOS.Kernel.Sessions;

/// <summary>Sessions and their transcripts.</summary>
public sealed class SessionStore(NpgsqlDataSource database)
{
    /// <summary>Told at a time; what is left is told at the next step.</summary>
    private const int MostWords = 50;

    /// <summary>Adds entries at the expected place; shared with model calls, which end in the same transaction as their entries are written.</summary>
    internal const string Append =
        """
        grown AS (
            UPDATE agent_sessions SET entry_count = entry_count + cardinality(@kinds::text[]) WHERE id = @session AND entry_count = @seq AND status = 'running' AND cardinality(@kinds::text[]) > 0
            RETURNING id, task_id
        ), appended AS (
            INSERT INTO session_entries (session_id, seq, kind, content, snapshot_sha, model_call_id)
            SELECT g.id, @seq + n.i - 1, n.kind, n.content::jsonb, n.snapshot, n.call
            FROM grown g, unnest(@kinds::text[], @contents::text[], @snapshots::text[], @calls::uuid[]) WITH ORDINALITY AS n(kind, content, snapshot, call, i) ORDER BY n.i
            RETURNING seq
        )
        """;

    /// <summary>Opens a session with the beginning of its transcript, or finds the one that is open for the same task, purpose and attempt. Its agent is active from now on.</summary>
    /// <exception cref="RefusedException">There is no agent of the role.</exception>
    public async Task<Session> OpenAsync(OpenSession open, CancellationToken cancellation = default)
    {
        if (open.TaskId is not null && await FindAsync(open.TaskId.Value, open.Purpose, open.Attempt, cancellation) is { } earlier) return earlier;
        var made = await database.FirstAsync(
            $"""
            WITH chosen AS (
                SELECT a.id, a.name FROM agents a
                WHERE a.role = @role AND a.removed_at IS NULL AND (@agent::uuid IS NULL OR a.id = @agent)
                ORDER BY a.paused, (SELECT count(*) FROM agent_sessions s WHERE s.agent_id = a.id AND s.status = 'running'), a.last_heartbeat NULLS FIRST, a.name LIMIT 1
            ), made AS (
                INSERT INTO agent_sessions (id, agent_id, pid, task_id, role, purpose, attempt, model, workflow_instance_id, entry_count)
                SELECT @id, c.id, @pid, @task, @role, @purpose, @attempt, @model, @instance, cardinality(@kinds::text[]) FROM chosen c ON CONFLICT DO NOTHING RETURNING *
            ), opening AS (
                INSERT INTO session_entries (session_id, seq, kind, content, snapshot_sha)
                SELECT m.id, n.i - 1, n.kind, n.content::jsonb, n.snapshot
                FROM made m, unnest(@kinds::text[], @contents::text[], @snapshots::text[]) WITH ORDINALITY AS n(kind, content, snapshot, i) ORDER BY n.i
            ), active AS (
                UPDATE agents a SET status = 'active', last_heartbeat = now() FROM made WHERE a.id = made.agent_id AND a.status <> 'blocked'
            ), logged AS (
                INSERT INTO activities (event_type, agent_id, task_id, message, metadata)
                SELECT 'session.started', c.id, m.task_id, c.name || ' begins: ' || m.purpose, jsonb_build_object('session', m.id, 'attempt', m.attempt, 'model', m.model) FROM made m, chosen c
            )
            SELECT {Session.Columns}, pg_notify('agentos', json_build_object('kind', 'session', 'id', id, 'state', status, 'parent', task_id)::text) FROM made s
            """, Session.Read, cancellation, [("id", open.Id), ("role", open.Role.Word()), ("agent", open.AgentId), ("pid", Environment.ProcessId), ("task", open.TaskId),
            ("purpose", open.Purpose), ("attempt", open.Attempt), ("model", open.Model), ("instance", open.WorkflowInstanceId), .. Parameters(open.Opening)[..3]]);
        if (made is not null) return made;
        var found = open.TaskId is { } task ? await FindAsync(task, open.Purpose, open.Attempt, cancellation) : await FindAsync(open.Id, cancellation);
        return found ?? throw new RefusedException($"There is no {open.Role.Word()} to do it. Make one with 'agentos agent create'.");
    }

    public Task<Session?> FindAsync(Guid id, CancellationToken cancellation = default) =>
        database.FirstAsync($"SELECT {Session.Columns} FROM agent_sessions s WHERE id = @id", Session.Read, cancellation, ("id", id));

    /// <summary>A session with its task, the task's repository and the transcript, as they are at one moment. One round trip.</summary>
    /// <exception cref="NotFoundException"/>
    public async Task<SessionPlace> PlaceAsync(Guid id, CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var sql in (string[])
        [
            $"SELECT {Session.Columns} FROM agent_sessions s WHERE id = @id",
            $"SELECT {AgentTask.Columns} FROM tasks t WHERE id = (SELECT task_id FROM agent_sessions WHERE id = @id)",
            $"SELECT {Repository.Columns} FROM repositories r WHERE id = (SELECT t.repository_id FROM agent_sessions s JOIN tasks t ON t.id = s.task_id WHERE s.id = @id)",
            $"SELECT {SessionEntry.Columns} FROM session_entries e WHERE session_id = @id ORDER BY seq",
            $"""
            SELECT {Message.Columns} FROM agent_sessions s JOIN messages m ON m.task_id = s.task_id AND m.message_type = 'comment' AND m.from_agent_id IS NULL
            WHERE s.id = @id AND (m.to_agent_id IS NULL OR m.to_agent_id = s.agent_id) AND NOT EXISTS (SELECT FROM session_words w WHERE w.session_id = s.id AND w.message_id = m.id)
            ORDER BY m.created_at, m.id LIMIT {MostWords}
            """,
        ]) batch.BatchCommands.Add(new NpgsqlBatchCommand(sql) { Parameters = { Sql.Parameter("id", id) } });
        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        var session = await NextAsync(Session.Read) ?? throw new NotFoundException("session", id);
        var task = await NextAsync(AgentTask.Read);
        var repository = await NextAsync(Repository.Read);
        List<SessionEntry> entries = [];
        while (await rows.ReadAsync(cancellation)) entries.Add(SessionEntry.Read(rows));
        await rows.NextResultAsync(cancellation);
        List<Message> words = [];
        while (await rows.ReadAsync(cancellation)) words.Add(Message.ReadRow(rows));
        return new(session, task, repository, entries, words);

        async Task<T?> NextAsync<T>(Func<NpgsqlDataReader, T> read) where T : class
        {
            T? found = await rows.ReadAsync(cancellation) ? read(rows) : null;
            await rows.NextResultAsync(cancellation);
            return found;
        }
    }

    /// <exception cref="NotFoundException"/>
    public async Task<Session> GetAsync(Guid id, CancellationToken cancellation = default) =>
        await FindAsync(id, cancellation) ?? throw new NotFoundException("session", id);

    public Task<Session?> FindAsync(Guid taskId, string purpose, int attempt, CancellationToken cancellation = default) =>
        database.FirstAsync($"SELECT {Session.Columns} FROM agent_sessions s WHERE task_id = @task AND purpose = @purpose AND attempt = @attempt", Session.Read, cancellation,
            ("task", taskId), ("purpose", purpose), ("attempt", attempt));

    /// <summary>The newest first.</summary>
    public Task<List<Session>> ListAsync(Guid? taskId = null, Guid? agentId = null, SessionStatus? status = null, int limit = 200, CancellationToken cancellation = default) =>
        database.SearchAsync(
            $"""
            SELECT {Session.Columns} FROM agent_sessions s
            {Sql.Where((taskId is not null, "task_id = @task"), (agentId is not null, "agent_id = @agent"), (status is not null, "status = @status"))}
            ORDER BY started_at DESC, id DESC LIMIT @limit
            """, Session.Read, cancellation, ("task", taskId), ("agent", agentId), ("status", status), ("limit", Math.Clamp(limit, 1, 1000)));

    /// <summary>How far the running sessions are, and checks that say something: to see which of them went on.</summary>
    public Task<List<SessionPulse>> PulseAsync(CancellationToken cancellation = default) =>
        database.ListAsync(
            $"""
            SELECT s.id, s.task_id, s.entry_count, s.cost_usd, l.revision FROM agent_sessions s LEFT JOIN live_output l ON l.id = s.id WHERE s.status = 'running'
            UNION ALL SELECT id, id, 0, 0, revision FROM live_output WHERE seq = {LiveOutput.Checks}
            """,
            row => new SessionPulse(row.GetGuid(0), row.IsDBNull(1) ? null : row.GetGuid(1), row.GetInt32(2), row.GetDecimal(3), row.IsDBNull(4) ? 0 : row.GetInt64(4)), cancellation);

    /// <summary>The transcript, from an entry on.</summary>
    public Task<List<SessionEntry>> EntriesAsync(Guid sessionId, int from = 0, CancellationToken cancellation = default) =>
        database.ListAsync($"SELECT {SessionEntry.Columns} FROM session_entries e WHERE session_id = @id AND seq >= @from ORDER BY seq", SessionEntry.Read, cancellation, ("id", sessionId), ("from", from));

    /// <summary>A part of the transcript: the last entries before a place (null: of all), in their order.</summary>
    public async Task<List<SessionEntry>> LastEntriesAsync(Guid sessionId, int? before = null, int limit = 100, CancellationToken cancellation = default)
    {
        var last = await database.ListAsync($"SELECT {SessionEntry.Columns} FROM session_entries e WHERE session_id = @id AND seq < @before ORDER BY seq DESC LIMIT @limit",
            SessionEntry.Read, cancellation, ("id", sessionId), ("before", before ?? int.MaxValue), ("limit", Math.Clamp(limit, 1, 500)));
        last.Reverse();
        return last;
    }

    /// <summary>Adds entries when the transcript is as long as the caller thinks.</summary>
    /// <returns>The new length; null when it was another, or the session is over: read again.</returns>
    public async Task<int?> AppendAsync(Guid sessionId, int expectedSeq, IReadOnlyList<NewEntry> entries, CancellationToken cancellation = default)
    {
        if (entries.Count == 0) return expectedSeq;
        try
        {
            var appended = await database.ScalarAsync<long>(
                $"WITH {Append} SELECT count(*) FROM appended", cancellation, [("session", sessionId), ("seq", expectedSeq), .. Parameters(entries)]);
            return appended == 0 ? null : expectedSeq + entries.Count;
        }
        catch (PostgresException error) when (error.Is(PostgresErrorCodes.UniqueViolation))
        {
            return null;
        }
    }

    /// <summary>Adds the entry that tells an agent what people said, and notes that this session was told. Like <see cref="AppendAsync"/> it does nothing when the transcript is longer by now.</summary>
    public async Task<int?> TellAsync(Guid sessionId, int expectedSeq, NewEntry entry, IReadOnlyList<Message> words, CancellationToken cancellation = default) =>
        await database.ScalarAsync<long>(
            $"""
            WITH {Append}, told AS (
                INSERT INTO session_words (session_id, message_id, seq) SELECT @session, m, @seq FROM unnest(@words::uuid[]) AS m WHERE EXISTS (SELECT FROM appended) ON CONFLICT DO NOTHING RETURNING message_id
            ), seen AS (
                UPDATE messages SET read = TRUE WHERE id IN (SELECT message_id FROM told) RETURNING id
            )
            SELECT count(*) FROM appended
            """, cancellation, [("session", sessionId), ("seq", expectedSeq), ("words", words.Select(word => word.Id).ToArray()), .. Parameters([entry])]) == 0 ? null : expectedSeq + 1;

    /// <summary>Which sessions of a task were told which message, and where in their transcripts.</summary>
    public Task<List<ToldWord>> ToldAsync(Guid taskId, CancellationToken cancellation = default) =>
        database.ListAsync("SELECT w.message_id, w.session_id, w.seq FROM session_words w JOIN messages m ON m.id = w.message_id WHERE m.task_id = @task ORDER BY w.session_id, w.seq",
            row => new ToldWord(row.GetGuid(0), row.GetGuid(1), row.GetInt32(2)), cancellation, ("task", taskId));

    private const string Close =
        $"""
        WITH closed AS (
            UPDATE agent_sessions SET status = @status, stopped_at = now(), outcome = left(@outcome, 40), summary = @summary WHERE id = @id AND status = 'running' RETURNING *
        ), idle AS (
            UPDATE agents a SET status = 'idle', last_heartbeat = now() FROM closed c
            WHERE a.id = c.agent_id AND a.status = 'active' AND a.current_task_id IS NULL
                AND NOT EXISTS (SELECT FROM agent_sessions o WHERE o.agent_id = a.id AND o.status = 'running' AND o.id <> c.id)
        ), logged AS (
            INSERT INTO activities (event_type, agent_id, task_id, message, metadata)
            SELECT 'session.' || status, agent_id, task_id, purpose || ': ' || outcome, jsonb_build_object('session', id, 'cost_usd', cost_usd, 'entries', entry_count) FROM closed
        ), told AS (SELECT pg_notify('agentos', json_build_object('kind', 'session', 'id', id, 'state', status, 'parent', task_id)::text) FROM closed),
        one AS (SELECT * FROM closed UNION ALL SELECT * FROM agent_sessions WHERE id = @id AND NOT EXISTS (SELECT FROM closed))
        SELECT {Session.Columns}, (SELECT count(*) FROM told) FROM one s
        """;

    /// <summary>Ends a session; one that has ended stays as it is. Its agent is idle when it has nothing else.</summary>
    /// <param name="outcome">One word: finished, approved, rejected, blocked, failed, …</param>
    public async Task<Session> CloseAsync(Guid id, string outcome, string? summary = null, SessionStatus status = SessionStatus.Stopped, CancellationToken cancellation = default) =>
        await database.FirstAsync(Close, Session.Read, cancellation, Closing(id, outcome, summary, status)) ?? throw new NotFoundException("session", id);

    /// <summary>A judge's session ends with its verdict, in one transaction. Of the same step, recorded again, the first verdict stands.</summary>
    /// <exception cref="RefusedException">The session is not one that can give such evidence of the task.</exception>
    public async Task CloseAsync(Guid id, string outcome, string? summary, NewEvidence verdict, CancellationToken cancellation = default)
    {
        try
        {
            await database.RunInOneBatchAsync([(EvidenceStore.Insert, EvidenceStore.Parameters(verdict)), (Close, Closing(id, outcome, summary, SessionStatus.Stopped))], cancellation);
        }
        catch (PostgresException error) when (error.Is(DatabaseErrors.NoEvidence))
        {
            throw EvidenceStore.Refused(error);
        }
    }

    private static (string, object?)[] Closing(Guid id, string outcome, string? summary, SessionStatus status) =>
        [("id", id), ("outcome", outcome), ("summary", summary), ("status", status.Word())];

    internal static (string, object?)[] Parameters(IReadOnlyList<NewEntry> entries) =>
    [
        ("kinds", entries.Select(entry => entry.Kind).ToArray()), ("contents", entries.Select(entry => JsonText.Clean(entry.Content)).ToArray()),
        ("snapshots", entries.Select(entry => entry.SnapshotSha).ToArray()), ("calls", entries.Select(entry => entry.ModelCallId).ToArray()),
    ];
}
