using AgentOS.Kernel.Database;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Tasks;
using Npgsql;

namespace AgentOS.Kernel.Sessions;

/// <summary>Sessions and their transcripts.</summary>
public sealed class SessionStore(NpgsqlDataSource database)
{
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

    /// <summary>Opens a session, or finds the one that is open for the same task, purpose and attempt. Its agent is active from now on.</summary>
    /// <exception cref="RefusedException">There is no agent of the role.</exception>
    public async Task<Session> OpenAsync(OpenSession open, CancellationToken cancellation = default)
    {
        if (open.TaskId is not null && await FindAsync(open.TaskId.Value, open.Purpose, open.Attempt, cancellation) is { } earlier) return earlier;
        var made = await database.FirstAsync(
            $"""
            WITH chosen AS (
                SELECT a.id, a.name FROM agents a
                WHERE a.role = @role AND (@agent::uuid IS NULL OR a.id = @agent)
                ORDER BY a.paused, (SELECT count(*) FROM agent_sessions s WHERE s.agent_id = a.id AND s.status = 'running'), a.last_heartbeat NULLS FIRST, a.name LIMIT 1
            ), made AS (
                INSERT INTO agent_sessions (id, agent_id, pid, task_id, role, purpose, attempt, model, workflow_instance_id)
                SELECT @id, c.id, @pid, @task, @role, @purpose, @attempt, @model, @instance FROM chosen c ON CONFLICT DO NOTHING RETURNING *
            ), active AS (
                UPDATE agents a SET status = 'active', last_heartbeat = now() FROM made WHERE a.id = made.agent_id AND a.status <> 'blocked'
            ), logged AS (
                INSERT INTO activities (event_type, agent_id, task_id, message, metadata)
                SELECT 'session.started', c.id, m.task_id, c.name || ' begins: ' || m.purpose, jsonb_build_object('session', m.id, 'attempt', m.attempt, 'model', m.model) FROM made m, chosen c
            )
            SELECT {Session.Columns}, pg_notify('agentos', json_build_object('kind', 'session', 'id', id, 'state', status, 'parent', task_id)::text) FROM made s
            """, Session.Read, cancellation, ("id", open.Id), ("role", open.Role.Word()), ("agent", open.AgentId), ("pid", Environment.ProcessId), ("task", open.TaskId),
            ("purpose", open.Purpose), ("attempt", open.Attempt), ("model", open.Model), ("instance", open.WorkflowInstanceId));
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
        ]) batch.BatchCommands.Add(new NpgsqlBatchCommand(sql) { Parameters = { Sql.Parameter("id", id) } });
        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        var session = await NextAsync(Session.Read) ?? throw new NotFoundException("session", id);
        var task = await NextAsync(AgentTask.Read);
        var repository = await NextAsync(Repository.Read);
        List<SessionEntry> entries = [];
        while (await rows.ReadAsync(cancellation)) entries.Add(SessionEntry.Read(rows));
        return new(session, task, repository, entries);

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
        database.ListAsync(
            $"""
            SELECT {Session.Columns} FROM agent_sessions s
            WHERE (@task::uuid IS NULL OR task_id = @task) AND (@agent::uuid IS NULL OR agent_id = @agent) AND (@status::text IS NULL OR status = @status)
            ORDER BY started_at DESC, id DESC LIMIT @limit
            """, Session.Read, cancellation, ("task", taskId), ("agent", agentId), ("status", status), ("limit", Math.Clamp(limit, 1, 1000)));

    /// <summary>The transcript, from an entry on.</summary>
    public Task<List<SessionEntry>> EntriesAsync(Guid sessionId, int from = 0, CancellationToken cancellation = default) =>
        database.ListAsync($"SELECT {SessionEntry.Columns} FROM session_entries e WHERE session_id = @id AND seq >= @from ORDER BY seq", SessionEntry.Read, cancellation, ("id", sessionId), ("from", from));

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

    /// <summary>Ends a session; one that has ended stays as it is. Its agent is idle when it has nothing else.</summary>
    /// <param name="outcome">One word: finished, approved, rejected, blocked, failed, …</param>
    public async Task<Session> CloseAsync(Guid id, string outcome, string? summary = null, SessionStatus status = SessionStatus.Stopped, CancellationToken cancellation = default) =>
        await database.FirstAsync(
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
            """, Session.Read, cancellation, ("id", id), ("outcome", outcome), ("summary", summary), ("status", status.Word())) ?? throw new NotFoundException("session", id);

    internal static (string, object?)[] Parameters(IReadOnlyList<NewEntry> entries) =>
    [
        ("kinds", entries.Select(entry => entry.Kind).ToArray()), ("contents", entries.Select(entry => JsonText.Clean(entry.Content)).ToArray()),
        ("snapshots", entries.Select(entry => entry.SnapshotSha).ToArray()), ("calls", entries.Select(entry => entry.ModelCallId).ToArray()),
    ];
}
