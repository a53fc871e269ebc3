using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Evidence;
using Npgsql;

namespace AgentOS.Kernel.Tasks;

/// <summary>What only people decide. (Stop, take over and hand back of one task are commands, see <see cref="TaskCommand"/>.)</summary>
public sealed partial class TaskStore
{
    /// <summary>
    /// A person's verdict on the commit that is in review. It stands as evidence, as a person's; the checks it does not replace. A judge at work on it is let
    /// go, an open question for approval is answered, and a rejection takes the commit out of the merge queue.
    /// </summary>
    /// <param name="feedback">What to do better; a rejection needs it.</param>
    /// <returns>The verdict; given twice for the same commit, there is one.</returns>
    /// <exception cref="RefusedException">It is not in review, or is landing right now.</exception>
    public async Task<EvidenceEntry> ReviewAsync(Guid id, bool approved, string feedback, CancellationToken cancellation = default)
    {
        var task = await GetAsync(id, cancellation);
        if (TaskRules.ReviewProblem(task, approved, feedback) is { } problem) throw new RefusedException(problem);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // Whoever begins to land locks the task too: what the next statement sees of the queue, holds.
        await connection.ListAsync("SELECT id FROM tasks WHERE id = @id FOR NO KEY UPDATE", _ => 0, cancellation, ("id", id));
        var verdicts = await connection.ListAsync(
            $"""
            WITH task AS (
                SELECT * FROM tasks t WHERE id = @id AND status = 'review' AND head_sha = @head AND NOT EXISTS (SELECT FROM merges m WHERE m.task_id = @id AND m.state = 'landing')
            ), last AS (
                SELECT * FROM evidence WHERE task_id = @id AND by_person AND commit_sha = @head ORDER BY created_at DESC, id DESC LIMIT 1
            ), made AS (
                INSERT INTO evidence (id, task_id, kind, commit_sha, passed, log_sha256, feedback, attempt, by_person)
                SELECT @verdict, id, 'verdict', head_sha, @passed, encode(sha256(''), 'hex'), @feedback, attempt, TRUE FROM task
                WHERE NOT EXISTS (SELECT FROM last WHERE passed = @passed AND feedback = @feedback) RETURNING *
            ), stopped AS (
                UPDATE agent_sessions s SET status = 'stopped', stopped_at = now(), outcome = CASE WHEN @passed THEN 'approved' ELSE 'rejected' END, summary = @feedback
                FROM made WHERE s.task_id = made.task_id AND s.purpose = 'review' AND s.status = 'running' RETURNING s.id, s.agent_id
            ), rested AS (
                UPDATE agents a SET status = 'idle' FROM stopped s WHERE a.id = s.agent_id AND a.status = 'active'
                    AND NOT EXISTS (SELECT FROM agent_sessions o WHERE o.agent_id = a.id AND o.status = 'running' AND o.id <> s.id)
            ), dropped AS (
                UPDATE merges m SET state = 'cancelled' FROM made WHERE NOT @passed AND m.task_id = made.task_id AND m.state IN ('queued', 'testing')
            ), asked AS (
                SELECT q.* FROM messages q JOIN made ON q.step_key = 'approval:' || made.task_id || ':' || made.commit_sha
            ), answered AS (
                INSERT INTO messages (id, task_id, to_agent_id, content, message_type, session_id, in_reply_to)
                SELECT @answer, task_id, from_agent_id, CASE WHEN @passed THEN 'yes' ELSE @feedback END, 'answer', session_id, id FROM asked ON CONFLICT (in_reply_to) WHERE message_type = 'answer' DO NOTHING
            ), logged AS (
                INSERT INTO activities (event_type, task_id, message, metadata)
                SELECT CASE WHEN @passed THEN 'task.approved' ELSE 'task.rejected' END, task_id,
                    left('A person ' || CASE WHEN @passed THEN 'approves' ELSE 'rejects' END || ' ' || left(commit_sha, 8) || COALESCE(': ' || NULLIF(feedback, ''), ''), 2000),
                    jsonb_build_object('evidence', id, 'commit', commit_sha, 'passed', passed, 'attempt', attempt, 'by', 'person') FROM made
            ), told AS (
                SELECT pg_notify('agentos', json_build_object('kind', 'review', 'id', id, 'state', CASE WHEN @passed THEN 'approved' ELSE 'rejected' END, 'parent', task_id)::text) FROM made
            ), one AS (SELECT * FROM made UNION ALL SELECT last.* FROM last, task WHERE NOT EXISTS (SELECT FROM made))
            SELECT {EvidenceEntry.Columns(true)}, (SELECT count(*) FROM told) FROM one e
            """, EvidenceEntry.Read, cancellation, ("id", id), ("head", task.HeadSha), ("verdict", Guid.CreateVersion7()), ("passed", approved), ("feedback", feedback.Trim()), ("answer", Guid.CreateVersion7()));
        if (verdicts is not [var verdict]) throw new RefusedException($"'{task.Title}' has moved on, or is landing right now. Look at it again: agentos task show {id}");
        await transaction.CommitAsync(cancellation);
        return verdict;
    }

    /// <summary>Tasks in review whose commit a person has judged, and whose workflow was perhaps not told.</summary>
    public Task<List<Guid>> ReviewedByPersonAsync(CancellationToken cancellation = default) =>
        database.ListAsync("SELECT id FROM tasks t WHERE status = 'review' AND EXISTS (SELECT FROM evidence e WHERE e.task_id = t.id AND e.by_person AND e.commit_sha = t.head_sha)",
            row => row.GetGuid(0), cancellation);

    /// <summary>What was cancelled in that time, by the database's clock, and had a workflow.</summary>
    public Task<List<AgentTask>> CancelledLatelyAsync(TimeSpan time, CancellationToken cancellation = default) =>
        database.ListAsync($"SELECT {AgentTask.Columns} FROM tasks t WHERE status = 'cancelled' AND workflow_instance_id IS NOT NULL AND completed_at > now() - @time ORDER BY completed_at",
            AgentTask.Read, cancellation, ("time", time));

    /// <summary>Stops a task; a goal with everything below it that has not ended. Agents leave it alone until it is retried. One transaction.</summary>
    /// <returns>What was stopped, the task itself first.</returns>
    /// <exception cref="RefusedException">It has ended, or one of them is landing right now.</exception>
    public async Task<IReadOnlyList<AgentTask>> StopAsync(Guid id, string reason, CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var around = await LockAroundAsync(connection, id, cancellation);
        var stop = new TaskCommand.Stop(reason);
        var stopped = new List<AgentTask> { await ChangeAsync(connection, around.Itself, stop, cancellation) };
        foreach (var below in around.Below.Where(below => below.Status != TaskState.Blocked && !below.HasEnded)) stopped.Add(await ChangeAsync(connection, below, stop, cancellation));
        await transaction.CommitAsync(cancellation);
        return stopped;
    }

    /// <summary>Gives what is blocked another chance: the task, what is blocked below it, and the goals above it, which start it. One transaction.</summary>
    /// <exception cref="RefusedException">It is not blocked, or a person has taken it over.</exception>
    public async Task<AgentTask> RetryAsync(Guid id, int moreAttempts = 3, CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var retried = await AgainAsync(connection, await LockAroundAsync(connection, id, cancellation), new(moreAttempts), cancellation);
        await transaction.CommitAsync(cancellation);
        return retried;
    }

    private static async Task<AgentTask> AgainAsync(NpgsqlConnection connection, Surroundings around, TaskCommand.Retry again, CancellationToken cancellation)
    {
        var retried = await ChangeAsync(connection, around.Itself, again, cancellation);
        foreach (var part in around.Below.Concat(around.Above).Where(part => part is { Status: TaskState.Blocked, Hold: not TaskHold.TakenOver })) await ChangeAsync(connection, part, again, cancellation);
        return retried;
    }

    /// <summary>A task, all below it and the goals above it, locked until the transaction ends.</summary>
    private sealed record Surroundings(AgentTask Itself, IReadOnlyList<AgentTask> Below, IReadOnlyList<AgentTask> Above);

    private static async Task<Surroundings> LockAroundAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellation)
    {
        await connection.ListAsync(AgentStore.WorkersLock, _ => 0, cancellation);
        // From the leaves up, as everyone locks who goes from a task to its goals.
        var locked = await connection.ListAsync(
            $"""
            WITH RECURSIVE below AS (SELECT id FROM tasks WHERE id = @id UNION ALL SELECT c.id FROM tasks c JOIN below b ON c.parent_task_id = b.id),
            above AS (SELECT parent_task_id AS id FROM tasks WHERE id = @id UNION ALL SELECT p.parent_task_id FROM tasks p JOIN above a ON p.id = a.id)
            SELECT {AgentTask.Columns} FROM tasks t WHERE id IN (SELECT id FROM below UNION ALL SELECT id FROM above) ORDER BY depth DESC, id FOR NO KEY UPDATE
            """, AgentTask.Read, cancellation, ("id", id));
        var itself = locked.Find(task => task.Id == id) ?? throw new NotFoundException("task", id);
        return new(itself, locked.FindAll(task => task.Depth > itself.Depth), locked.FindAll(task => task.Depth < itself.Depth));
    }

    private static async Task<AgentTask> ChangeAsync(NpgsqlConnection connection, AgentTask locked, TaskCommand command, CancellationToken cancellation)
    {
        switch (TaskRules.Decide(locked, command))
        {
            case TaskDecision.Unchanged:
                return locked;
            case TaskDecision.Refused(var reason):
                throw new RefusedException(reason);
            case TaskDecision.Changed changed:
                try
                {
                    return (await connection.ListAsync(Save, AgentTask.Read, cancellation, Saving(locked, changed, null))).SingleOrDefault()
                        ?? throw new RefusedException($"A merge of '{locked.Title}' is landing right now. Try again in a moment.");
                }
                catch (PostgresException error) when (IsRefusal(error))
                {
                    throw new RefusedException(Sentence(error.MessageText), error);
                }

            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
