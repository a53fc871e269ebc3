using AgentOS.Kernel.Database;

namespace AgentOS.Kernel.Tasks;

/// <summary>What people decide about goals.</summary>
public sealed partial class TaskStore
{
    private const string Planned =
        $$"""
        WITH changed AS (
            UPDATE tasks t SET status = @status, attempt = @attempt, max_attempts = @max_attempts, error = @error, workflow_instance_id = @instance, former_instance_id = @former WHERE id = @id RETURNING t.*
        ), stopped AS (
            UPDATE agent_sessions s SET status = 'stopped', stopped_at = now(), outcome = 'replanned', summary = @error FROM changed c WHERE s.task_id = c.id AND s.status = 'running' RETURNING s.id, s.agent_id
        ), rested AS (
            UPDATE agents a SET status = 'idle' FROM stopped s WHERE a.id = s.agent_id AND a.status = 'active'
                AND NOT EXISTS (SELECT FROM agent_sessions o WHERE o.agent_id = a.id AND o.status = 'running' AND o.task_id IS DISTINCT FROM @id)
        ), answered AS (
            INSERT INTO messages (task_id, to_agent_id, content, message_type, session_id, in_reply_to)
            SELECT q.task_id, q.from_agent_id, @error, 'answer', q.session_id, q.id FROM messages q JOIN stopped s ON s.id = q.session_id WHERE q.task_id = @id AND q.message_type = 'question'
            ON CONFLICT (in_reply_to) WHERE message_type = 'answer' DO NOTHING
        ), logged AS (
            INSERT INTO activities (event_type, task_id, message, metadata)
            SELECT 'goal.replanned', id, left(@message, 2000), jsonb_build_object('attempt', attempt, 'reason', error, 'dropped', @dropped::int) FROM changed
        ), told AS (
            SELECT pg_notify('agentos', json_build_object('kind', 'goal', 'id', id, 'state', CASE status WHEN 'in_progress' THEN 'replanned' ELSE status END, 'parent', parent_task_id)::text) FROM changed
            UNION ALL SELECT pg_notify('agentos', json_build_object('kind', 'left', 'id', id)::text) FROM changed WHERE former_instance_id IS NOT NULL
        )
        SELECT {{AgentTask.Columns}}, (SELECT count(*) FROM told) FROM changed t
        """;

    /// <summary>
    /// A person wants another plan for a goal: planning or judging under way ends, its open questions with it, and the planner begins anew with the note. What is merged or
    /// being worked on stays; what had not begun, or was stopped, is cancelled or kept. One transaction.
    /// </summary>
    /// <param name="note">What the planner is to do differently.</param>
    /// <param name="dropWaiting">Cancels the tasks of the plan that have not begun.</param>
    /// <exception cref="RefusedException">It is no goal, has ended, or one of its tasks is landing right now.</exception>
    public async Task<AgentTask> ReplanAsync(Guid id, string note, bool dropWaiting, CancellationToken cancellation = default)
    {
        if (string.IsNullOrWhiteSpace(note)) throw new RefusedException("The planner needs to know what to do differently. Write it a note.");
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var goal = (await LockAroundAsync(connection, id, cancellation)).Itself;
        var waiting = await connection.ListAsync(
            """
            WITH RECURSIVE waiting AS (
                SELECT id FROM tasks WHERE parent_task_id = @id AND (status IN ('inbox', 'assigned') OR hold = 'stopped')
                UNION ALL SELECT c.id FROM tasks c JOIN waiting w ON c.parent_task_id = w.id
            )
            SELECT t.id FROM tasks t JOIN waiting USING (id) WHERE status NOT IN ('done', 'cancelled')
            """, row => row.GetGuid(0), cancellation, ("id", id));
        switch (TaskRules.Decide(goal, new TaskCommand.Replan(note)))
        {
            case TaskDecision.Refused(var reason):
                throw new RefusedException(reason);
            case TaskDecision.Changed { Task: var planned, Message: var message }:
                if (dropWaiting && waiting.Count > 0) await CancelAsync(connection, goal, waiting, "the goal is planned again", null, cancellation);
                goal = (await connection.ListAsync(Planned, AgentTask.Read, cancellation,
                    ("id", id), ("status", planned.Status), ("attempt", planned.Attempt), ("max_attempts", planned.MaxAttempts), ("error", planned.Error), ("instance", planned.WorkflowInstanceId), ("former", planned.FormerInstanceId),
                    ("message", message), ("dropped", dropWaiting ? waiting.Count : 0))).Single();
                break;
        }

        // A planner that waits for what a person stopped would wait for ever, and so would this goal for one above it that lies still.
        var around = await LockAroundAsync(connection, id, cancellation);
        foreach (var above in around.Above.Where(above => above.Status == TaskState.Blocked)) await ChangeAsync(connection, above, new TaskCommand.Retry(), cancellation);
        foreach (var stopped in around.Below.Where(below => !dropWaiting && below is { Hold: TaskHold.Stopped } && below.ParentTaskId == id))
            await AgainAsync(connection, await LockAroundAsync(connection, stopped.Id, cancellation), new(), cancellation);
        await transaction.CommitAsync(cancellation);
        return goal;
    }

    /// <summary>Changes what a goal's or task's model calls may cost; null: no limit of its own.</summary>
    /// <exception cref="RefusedException">It has ended.</exception>
    public async Task<AgentTask> SetBudgetAsync(Guid id, decimal? budgetUsd, CancellationToken cancellation = default) =>
        await database.FirstAsync(
            $"""
            WITH changed AS (
                UPDATE tasks SET budget_usd = @budget WHERE id = @id AND status NOT IN ('done', 'cancelled') RETURNING *
            ), logged AS (
                INSERT INTO activities (event_type, task_id, message, metadata)
                SELECT CASE kind WHEN 'goal' THEN 'goal' ELSE 'task' END || '.budget', id, '''' || title || ''' may cost ' || COALESCE('$' || round(budget_usd, 2), 'what it takes'), jsonb_build_object('budget_usd', budget_usd) FROM changed
            )
            SELECT {AgentTask.Columns}, pg_notify('agentos', json_build_object('kind', CASE t.kind WHEN 'goal' THEN 'goal' ELSE 'task' END, 'id', t.id, 'state', t.status, 'parent', t.parent_task_id)::text) FROM changed t
            """, AgentTask.Read, cancellation, ("id", id), ("budget", budgetUsd))
        ?? throw new RefusedException($"{(await GetAsync(id, cancellation)).Title}: it has ended, and its budget stays as it was.");
}
