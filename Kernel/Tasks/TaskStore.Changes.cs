using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Tasks;

/// <param name="Task">As it is now.</param>
/// <param name="Changed">False when it was so already.</param>
public sealed record TaskResult(AgentTask Task, bool Changed);

public sealed partial class TaskStore
{
    private const int Tries = 5;

    private const string Save =
        $$"""
        WITH changed AS (
            UPDATE tasks t SET status = @status, attempt = @attempt, max_attempts = @max_attempts, assignee_id = @assignee, branch_name = @branch, base_sha = @base, head_sha = @head,
                result = @result, error = @error, workflow_instance_id = @instance, former_instance_id = @former,
                hold = @hold, workspace = @workspace, person_attempt = @person_attempt, waiting_since = CASE WHEN @leaves THEN NULL ELSE waiting_since END
            WHERE id = @id AND status = @expected AND attempt = @expected_attempt AND workflow_instance_id IS NOT DISTINCT FROM @expected_instance AND former_instance_id IS NOT DISTINCT FROM @expected_former
                AND hold IS NOT DISTINCT FROM @expected_hold
                AND (NOT @drop OR NOT EXISTS (SELECT FROM merges m WHERE m.task_id = @id AND m.state = 'landing'))
            RETURNING t.*
        ), freed AS (
            UPDATE agents a SET current_task_id = NULL, claimed_at = NULL, status = 'idle' FROM changed c WHERE @frees AND a.current_task_id = c.id RETURNING a.id
        ), dropped AS (
            UPDATE merges m SET state = 'cancelled' FROM changed c WHERE @drop AND m.task_id = c.id AND m.state IN ('queued', 'testing')
        ), stopped AS (
            UPDATE agent_sessions s SET status = 'stopped', stopped_at = now(), outcome = CASE WHEN c.status = 'blocked' THEN c.status ELSE @event END FROM changed c WHERE (c.status = 'blocked' OR @leaves) AND s.task_id = c.id AND s.status = 'running' RETURNING s.id, s.agent_id
        ), rested AS (
            UPDATE agents a SET status = 'idle' FROM stopped s WHERE a.id = s.agent_id AND a.role <> 'worker' AND a.status = 'active'
                AND NOT EXISTS (SELECT FROM agent_sessions o WHERE o.agent_id = a.id AND o.status = 'running' AND o.task_id IS DISTINCT FROM @id)
        ), logged AS (
            INSERT INTO activities (id, event_type, agent_id, task_id, message, metadata)
            SELECT @log, CASE c.kind WHEN 'goal' THEN 'goal.' ELSE 'task.' END || @event, @agent, c.id, @message,
                jsonb_strip_nulls(jsonb_build_object('from', @expected::text, 'to', c.status, 'attempt', c.attempt, 'head', c.head_sha, 'reason', c.error))
            FROM changed c
        ), told AS (
            SELECT pg_notify('agentos', json_build_object('kind', CASE c.kind WHEN 'goal' THEN 'goal' ELSE 'task' END, 'id', c.id, 'state', c.status, 'parent', c.parent_task_id)::text) FROM changed c
            UNION ALL
            SELECT pg_notify('agentos', json_build_object('kind', 'left', 'id', c.id)::text) FROM changed c WHERE @leaves
            UNION ALL
            -- It waits for a worker, and may be meant for another now.
            SELECT pg_notify('agentos', json_build_object('kind', 'worker_free', 'id', c.id)::text) FROM changed c WHERE c.waiting_since IS NOT NULL AND c.status IN ('inbox', 'assigned')
            UNION ALL
            SELECT pg_notify('agentos', json_build_object('kind', 'worker_free', 'id', w.id)::text) FROM ({{AgentStore.NextWaiting}}) w WHERE EXISTS (SELECT FROM freed)
        )
        SELECT {{AgentTask.Columns}}, (SELECT count(*) FROM told) FROM changed t
        """;

    /// <summary>Decides by <see cref="TaskRules"/> and writes: the task, its log entry, the notification, a freed worker, in one transaction.</summary>
    /// <param name="agentId">Who did it, for the log.</param>
    /// <exception cref="NotFoundException"/>
    /// <exception cref="RefusedException">The task is in a state in which that cannot be.</exception>
    public async Task<TaskResult> DoAsync(Guid id, TaskCommand command, Guid? agentId = null, CancellationToken cancellation = default) =>
        await DoAsync(await GetAsync(id, cancellation), command, agentId, cancellation);

    /// <summary>The same for a task that was read a moment ago. When it has changed since, it is read again.</summary>
    public async Task<TaskResult> DoAsync(AgentTask known, TaskCommand command, Guid? agentId = null, CancellationToken cancellation = default)
    {
        var id = known.Id;
        for (var attempt = 1; ; attempt++)
        {
            var task = attempt == 1 ? known : await GetAsync(id, cancellation);
            switch (TaskRules.Decide(task, command))
            {
                case TaskDecision.Unchanged:
                    return new(task, false);
                case TaskDecision.Refused(var reason):
                    throw new RefusedException(reason);
                case TaskDecision.Changed changed when await SaveAsync(task, changed, agentId, cancellation) is { } saved:
                    return new(saved, true);
                default:
                    if (attempt == Tries) throw new RefusedException($"Task {id} ('{task.Title}') is changing or landing right now. Try again in a moment.");
                    break; // someone was faster: look again
            }
        }
    }

    /// <summary>
    /// A workflow takes the task up. Only one can; the same one may ask again. It does not wait for the disk: what a crash of the machine takes back, the workflow,
    /// whose start is on the disk, does again, and whatever follows takes it to the disk with it.
    /// </summary>
    /// <returns>False when another has it, or when it does not wait to be started.</returns>
    public async Task<bool> TakeUpAsync(Guid id, string workflowInstanceId, CancellationToken cancellation = default) =>
        await database.InOneBatchAsync("SELECT set_config('synchronous_commit', 'off', true)",
            """
            WITH taken AS (
                UPDATE tasks SET workflow_instance_id = @instance
                WHERE id = @id AND workflow_instance_id IS NULL AND former_instance_id IS NULL AND status IN ('inbox', 'assigned', 'in_progress', 'review')
                RETURNING id
            )
            SELECT EXISTS (SELECT FROM taken) OR EXISTS (SELECT FROM tasks WHERE id = @id AND workflow_instance_id = @instance)
            """, row => (object)row.GetBoolean(0), cancellation, ("id", id), ("instance", workflowInstanceId)) is true;

    /// <summary>The workflow that it was taken from has ended: another may take it up, and whoever starts those is told.</summary>
    public Task LeftAsync(Guid id, string formerInstance, CancellationToken cancellation = default) =>
        database.RunAsync(
            """
            WITH changed AS (UPDATE tasks SET former_instance_id = NULL WHERE id = @id AND former_instance_id = @former RETURNING *)
            SELECT pg_notify('agentos', json_build_object('kind', CASE kind WHEN 'goal' THEN 'goal' ELSE 'task' END, 'id', id, 'state', status, 'parent', parent_task_id)::text) FROM changed
            """, cancellation, ("id", id), ("former", formerInstance));

    /// <summary>Those whose former workflow has perhaps not ended.</summary>
    public Task<List<AgentTask>> LeavingAsync(CancellationToken cancellation = default) =>
        database.ListAsync($"SELECT {AgentTask.Columns} FROM tasks t WHERE former_instance_id IS NOT NULL ORDER BY created_at", AgentTask.Read, cancellation);

    /// <summary>
    /// Cancels it and everything below it that has not ended, frees their workers and takes their merges out of the queue. They keep their workflows: whoever ends
    /// those (the doorbell, or after a crash a heartbeat) finds them there.
    /// </summary>
    /// <returns>What was cancelled.</returns>
    /// <exception cref="RefusedException">One of them is landing right now, or it is done.</exception>
    public async Task<IReadOnlyList<Guid>> CancelAsync(Guid id, string reason, Guid? agentId = null, CancellationToken cancellation = default)
    {
        var task = await GetAsync(id, cancellation);
        if (task.Status == TaskState.Done) throw new RefusedException($"'{task.Title}' is done: what has landed is not cancelled.");
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.ListAsync(AgentStore.WorkersLock, _ => 0, cancellation);
        // From the leaves up, as everyone locks who goes from a task to its goals.
        var open = await connection.ListAsync(
            """
            WITH RECURSIVE tree AS (SELECT id FROM tasks WHERE id = @id UNION ALL SELECT c.id FROM tasks c JOIN tree p ON c.parent_task_id = p.id)
            SELECT t.id FROM tasks t JOIN tree USING (id) WHERE status NOT IN ('done', 'cancelled') ORDER BY depth DESC, id FOR NO KEY UPDATE OF t
            """, row => row.GetGuid(0), cancellation, ("id", id));
        var cancelled = await CancelAsync(connection, task, open, reason, agentId, cancellation);
        await transaction.CommitAsync(cancellation);
        return cancelled;
    }

    private static async Task<IReadOnlyList<Guid>> CancelAsync(NpgsqlConnection connection, AgentTask task, List<Guid> open, string reason, Guid? agentId, CancellationToken cancellation)
    {
        var ended = await connection.ListAsync(
            $"""
            WITH busy AS (SELECT FROM merges WHERE task_id = ANY(@ids) AND state = 'landing'),
            changed AS (
                UPDATE tasks SET status = 'cancelled', error = @reason WHERE id = ANY(@ids) AND NOT EXISTS (SELECT FROM busy) RETURNING *
            ), freed AS (
                UPDATE agents a SET current_task_id = NULL, claimed_at = NULL, status = 'idle' FROM changed c WHERE a.current_task_id = c.id
            ), dropped AS (
                UPDATE merges m SET state = 'cancelled' FROM changed c WHERE m.task_id = c.id AND m.state IN ('queued', 'testing')
            ), stopped AS (
                UPDATE agent_sessions s SET status = 'stopped', stopped_at = now(), outcome = 'cancelled' FROM changed c WHERE s.task_id = c.id AND s.status = 'running' RETURNING s.id, s.agent_id
            ), rested AS (
                UPDATE agents a SET status = 'idle' FROM stopped s WHERE a.id = s.agent_id AND a.role <> 'worker' AND a.status = 'active'
                    AND NOT EXISTS (SELECT FROM agent_sessions o WHERE o.agent_id = a.id AND o.status = 'running' AND o.task_id <> ALL (@ids))
            ), logged AS (
                INSERT INTO activities (event_type, agent_id, task_id, message)
                SELECT CASE kind WHEN 'goal' THEN 'goal' ELSE 'task' END || '.cancelled', @agent, id, left('''' || title || ''' is cancelled: ' || @reason, 2000) FROM changed
            ), told AS (
                SELECT pg_notify('agentos', json_build_object('kind', CASE kind WHEN 'goal' THEN 'goal' ELSE 'task' END, 'id', id, 'state', status, 'parent', parent_task_id)::text) FROM changed
                UNION ALL SELECT pg_notify('agentos', json_build_object('kind', 'worker_free', 'id', w.id)::text) FROM ({AgentStore.NextWaiting}) w
            )
            SELECT id FROM changed WHERE (SELECT count(*) FROM told) >= 0
            """, row => row.GetGuid(0), cancellation,
            ("ids", open.ToArray()), ("reason", reason), ("agent", agentId));
        if (open.Count != ended.Count) throw new RefusedException($"A merge of '{task.Title}' is landing right now. Try again in a moment.");
        return ended;
    }

    /// <summary>Changes what a person may change while it has not ended; null leaves it.</summary>
    public async Task<AgentTask> EditAsync(Guid id, string? title = null, string? description = null, int? priority = null, decimal? budgetUsd = null, CancellationToken cancellation = default) =>
        await database.FirstAsync(
            $"""
            WITH changed AS (
                UPDATE tasks SET title = COALESCE(@title, title), description = COALESCE(@description, description), priority = COALESCE(@priority, priority), budget_usd = COALESCE(@budget, budget_usd)
                WHERE id = @id AND status NOT IN ('done', 'cancelled') RETURNING *
            ), logged AS (
                INSERT INTO activities (event_type, task_id, message) SELECT CASE kind WHEN 'goal' THEN 'goal' ELSE 'task' END || '.edited', id, '''' || title || ''' was edited' FROM changed
            )
            SELECT {AgentTask.Columns}, pg_notify('agentos', json_build_object('kind', CASE t.kind WHEN 'goal' THEN 'goal' ELSE 'task' END, 'id', t.id, 'state', t.status, 'parent', t.parent_task_id)::text) FROM changed t
            """, AgentTask.Read, cancellation, ("id", id), ("title", title), ("description", description), ("priority", priority), ("budget", budgetUsd))
        ?? throw new RefusedException($"Task {id} has ended, or there is none.");

    private async Task<AgentTask?> SaveAsync(AgentTask was, TaskDecision.Changed change, Guid? agentId, CancellationToken cancellation)
    {
        try
        {
            return await database.InOneBatchAsync(change.FreesWorker ? AgentStore.WorkersLock : "SELECT 1", Save, AgentTask.Read, cancellation, Saving(was, change, agentId));
        }
        catch (PostgresException error) when (IsRefusal(error))
        {
            throw new RefusedException(Sentence(error.MessageText), error);
        }
    }

    private static bool IsRefusal(PostgresException error) =>
        error.SqlState.StartsWith("AO", StringComparison.Ordinal) || error.SqlState is PostgresErrorCodes.CheckViolation or PostgresErrorCodes.ForeignKeyViolation;

    private static (string, object?)[] Saving(AgentTask was, TaskDecision.Changed change, Guid? agentId)
    {
        var task = change.Task;
        return
        [
            ("id", was.Id), ("expected", was.Status), ("expected_attempt", was.Attempt), ("expected_instance", was.WorkflowInstanceId), ("expected_former", was.FormerInstanceId), ("expected_hold", was.Hold),
            ("status", task.Status), ("attempt", task.Attempt), ("max_attempts", task.MaxAttempts), ("assignee", task.AssigneeId), ("branch", task.BranchName),
            ("base", task.BaseSha), ("head", task.HeadSha), ("result", task.Result), ("error", task.Error), ("instance", task.WorkflowInstanceId), ("former", task.FormerInstanceId), ("leaves", was.WorkflowInstanceId is not null && task.FormerInstanceId == was.WorkflowInstanceId),
            ("hold", task.Hold), ("workspace", task.Workspace), ("person_attempt", task.PersonAttempt),
            ("drop", change.DropsMerge), ("frees", change.FreesWorker), ("log", Guid.CreateVersion7()), ("event", change.Event), ("agent", agentId), ("message", change.Message),
        ];
    }
}
