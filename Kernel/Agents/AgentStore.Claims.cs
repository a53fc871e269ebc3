using AgentOS.Kernel.Database;
using AgentOS.Kernel.Tasks;
using Npgsql;

namespace AgentOS.Kernel.Agents;

public sealed partial class AgentStore
{
    /// <summary>
    /// Whoever claims, frees or waits for a worker takes this first. Otherwise a task could note that it waits in the same moment in which
    /// the last worker is freed, and each would miss the other.
    /// </summary>
    internal const string WorkersLock = "SELECT pg_advisory_xact_lock(hashtextextended('agents.workers', 0))";

    /// <summary>The waiting task whose turn is next: the most urgent, then the one that waits longest.</summary>
    internal const string NextWaiting =
        """
        SELECT id FROM tasks WHERE waiting_since IS NOT NULL AND status IN ('inbox', 'assigned', 'in_progress')
        ORDER BY priority DESC, waiting_since, id LIMIT 1
        """;

    // Tasks before this one that could have a free worker leave it that many fewer; so a worker that was freed for the most urgent is not snatched.
    private const string Claim =
        $$"""
        WITH task AS (
            SELECT * FROM tasks WHERE id = @id AND kind = 'code' AND status IN ('inbox', 'assigned', 'in_progress') AND (@instance::text IS NULL OR workflow_instance_id = @instance)
        ), held AS (
            SELECT a.* FROM agents a JOIN task t ON a.current_task_id = t.id
        ), free AS (
            SELECT a.* FROM agents a WHERE role = 'worker' AND NOT paused AND status <> 'blocked' AND current_task_id IS NULL
        ), waiting AS (
            SELECT w.limited_by, count(*) AS n FROM tasks w, task t
            WHERE w.waiting_since IS NOT NULL AND w.status IN ('inbox', 'assigned', 'in_progress') AND w.id <> t.id
                AND (w.priority > t.priority OR w.priority = t.priority AND w.waiting_since < COALESCE(t.waiting_since, 'infinity'))
                AND (w.status <> 'assigned' OR w.assignee_id IN (SELECT id FROM free))
            GROUP BY w.limited_by
        ), ahead AS (
            -- Of a goal with a limit no more than still may begin.
            SELECT COALESCE(sum(CASE WHEN limited_by IS NULL THEN n ELSE LEAST(n, GREATEST(goal_room(limited_by), 0)) END), 0)::bigint AS n FROM waiting
        ), chosen AS (
            SELECT f.id FROM free f, task t WHERE (t.status <> 'assigned' OR f.id = t.assignee_id)
                AND (t.limited_by IS NULL OR goal_room(t.limited_by) > COALESCE((SELECT w.n FROM waiting w WHERE w.limited_by = t.limited_by), 0))
            ORDER BY (f.id = t.assignee_id) DESC NULLS LAST, f.updated_at, f.name OFFSET (SELECT n FROM ahead) LIMIT 1
        ), claimed AS (
            UPDATE agents a SET current_task_id = @id, status = 'active', claimed_at = now(), last_heartbeat = now()
            FROM chosen WHERE a.id = chosen.id AND NOT EXISTS (SELECT FROM held) RETURNING a.*
        ), moved AS (
            UPDATE tasks t SET status = CASE WHEN c.id IS NULL THEN t.status ELSE 'in_progress' END, assignee_id = COALESCE(c.id, t.assignee_id),
                waiting_since = CASE WHEN c.id IS NULL THEN COALESCE(t.waiting_since, clock_timestamp()) END
            FROM task LEFT JOIN claimed c ON TRUE
            WHERE t.id = task.id AND NOT EXISTS (SELECT FROM held) AND (c.id IS NOT NULL OR t.waiting_since IS NULL)
            RETURNING t.*
        ), logged AS (
            INSERT INTO activities (id, event_type, agent_id, task_id, message, metadata)
            SELECT @log, 'task.started', c.id, m.id, c.name || ' works on ''' || m.title || '''', jsonb_build_object('attempt', m.attempt, 'to', m.status) FROM moved m, claimed c
        ), told AS (
            SELECT pg_notify('agentos', json_build_object('kind', 'task', 'id', m.id, 'state', m.status, 'parent', m.parent_task_id)::text) FROM moved m, claimed c
            UNION ALL
            -- Workers freed in the same moment all named the same task: whoever got one passes the word on while there are more.
            SELECT pg_notify('agentos', json_build_object('kind', 'worker_free', 'id', w.id)::text) FROM (
                SELECT id FROM tasks WHERE waiting_since IS NOT NULL AND status IN ('inbox', 'assigned', 'in_progress') AND id <> @id
                    AND (status <> 'assigned' OR assignee_id IN (SELECT id FROM free)) ORDER BY priority DESC, waiting_since, id LIMIT 1) w
            WHERE EXISTS (SELECT FROM claimed) AND EXISTS (SELECT FROM free WHERE id NOT IN (SELECT id FROM claimed))
        ), worker AS (SELECT * FROM claimed UNION ALL SELECT * FROM held)
        SELECT {{Agent.Columns}}, (SELECT count(*) FROM told) FROM worker a
        """;

    // Of this process one at a time asks: a hundred tasks that begin together would else each hold a connection while they wait, and whoever frees a worker would stand behind all of them.
    private readonly SemaphoreSlim _claims = new(1);

    /// <summary>
    /// A free worker for the task, in one statement: the task then is in progress. A task whose worker was claimed before gets the same one.
    /// One that is assigned to a named worker waits for that one.
    /// </summary>
    /// <param name="instance">The workflow that asks: for one that has lost the task meanwhile, the task is closed.</param>
    /// <exception cref="RefusedException">The task depends on others that are not done.</exception>
    public async Task<WorkerClaim> ClaimWorkerAsync(Guid taskId, string? instance = null, CancellationToken cancellation = default)
    {
        await _claims.WaitAsync(cancellation);
        try
        {
            if (await database.InOneBatchAsync(WorkersLock, Claim, Agent.Read, cancellation, ("id", taskId), ("instance", instance), ("log", Guid.CreateVersion7())) is { } worker)
                return new WorkerClaim.Claimed(worker);
        }
        catch (PostgresException error) when (error.Is(DatabaseErrors.NotReady))
        {
            throw new RefusedException($"Task {taskId} depends on tasks that are not done.", error);
        }
        finally
        {
            _claims.Release();
        }

        var status = await database.ScalarAsync<string>("SELECT CASE WHEN @instance::text IS NULL OR workflow_instance_id = @instance THEN status ELSE 'lost' END FROM tasks WHERE id = @id", cancellation, ("id", taskId), ("instance", instance)) ?? throw new NotFoundException("task", taskId);
        return status is "inbox" or "assigned" or "in_progress" ? new WorkerClaim.Waiting() : new WorkerClaim.Closed(status);
    }

    /// <summary>Frees the worker of a task without changing the task; for what a crash left behind. <see cref="TaskStore.DoAsync(Guid, TaskCommand, Guid?, CancellationToken)"/> does it in all other cases.</summary>
    /// <returns>The waiting task that should look again now, if one waits.</returns>
    public async Task<Guid?> ReleaseAsync(Guid taskId, CancellationToken cancellation = default) =>
        (await database.InOneBatchAsync(WorkersLock,
            $"""
            WITH freed AS (UPDATE agents SET current_task_id = NULL, claimed_at = NULL, status = 'idle' WHERE current_task_id = @task RETURNING id),
            next AS ({NextWaiting}),
            told AS (
                SELECT pg_notify('agentos', json_build_object('kind', 'agent', 'id', id, 'state', 'idle')::text) FROM freed
                UNION ALL SELECT pg_notify('agentos', json_build_object('kind', 'worker_free', 'id', id)::text) FROM next WHERE EXISTS (SELECT FROM freed)
            )
            SELECT id FROM next WHERE (SELECT count(*) FROM told) > 0
            """, row => (object)row.GetGuid(0), cancellation, ("task", taskId))) as Guid?;

    /// <summary>The waiting tasks whose turn is next, as many as workers are free. For those who poll, and to see whether a hint still holds.</summary>
    public Task<List<Guid>> NextWaitingAsync(CancellationToken cancellation = default) =>
        database.ListAsync(
            """
            WITH free AS (SELECT id FROM agents WHERE role = 'worker' AND NOT paused AND status <> 'blocked' AND current_task_id IS NULL)
            SELECT id FROM tasks w WHERE waiting_since IS NOT NULL AND status IN ('inbox', 'assigned', 'in_progress') AND (status <> 'assigned' OR assignee_id IN (SELECT id FROM free))
                AND (limited_by IS NULL OR goal_room(limited_by) > (
                    SELECT count(*) FROM tasks o WHERE o.waiting_since IS NOT NULL AND o.limited_by = w.limited_by AND (o.priority, w.waiting_since, w.id) > (w.priority, o.waiting_since, o.id)))
            ORDER BY priority DESC, waiting_since, id LIMIT (SELECT count(*) FROM free)
            """, row => row.GetGuid(0), cancellation);

    public void Dispose() => _claims.Dispose();
}
