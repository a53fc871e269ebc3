using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Tasks;

/// <summary>Tasks and goals: to find them. What changes them is in the other files of this class.</summary>
public sealed partial class TaskStore(NpgsqlDataSource database)
{
    public Task<AgentTask?> FindAsync(Guid id, CancellationToken cancellation = default) =>
        database.FirstAsync($"SELECT {AgentTask.Columns} FROM tasks t WHERE id = @id", AgentTask.Read, cancellation, ("id", id));

    /// <exception cref="NotFoundException"/>
    public async Task<AgentTask> GetAsync(Guid id, CancellationToken cancellation = default) =>
        await FindAsync(id, cancellation) ?? throw new NotFoundException("task", id);

    /// <summary>By the beginning of the id, as people type it; at most two, so that the caller can say when it is not one.</summary>
    public Task<List<AgentTask>> FindByPrefixAsync(string idPrefix, CancellationToken cancellation = default) =>
        database.ListAsync($"SELECT {AgentTask.Columns} FROM tasks t WHERE starts_with(id::text, lower(@prefix)) LIMIT 2", AgentTask.Read, cancellation, ("prefix", idPrefix));

    /// <summary>The most urgent first, then the oldest.</summary>
    public Task<List<AgentTask>> ListAsync(TaskFilter filter, CancellationToken cancellation = default) =>
        database.ListAsync(
            $"""
            SELECT {AgentTask.Columns} FROM tasks t
            WHERE (@status::text IS NULL OR status = @status) AND (@kind::text IS NULL OR kind = @kind)
                AND (@parent::uuid IS NULL OR parent_task_id = @parent) AND (@repository::uuid IS NULL OR repository_id = @repository)
                AND (@assignee::uuid IS NULL OR assignee_id = @assignee) AND (NOT @top OR parent_task_id IS NULL)
            ORDER BY priority DESC, created_at, id LIMIT @limit
            """, AgentTask.Read, cancellation,
            ("status", filter.Status), ("kind", filter.Kind), ("parent", filter.ParentTaskId), ("repository", filter.RepositoryId),
            ("assignee", filter.AssigneeId), ("top", filter.OnlyTop), ("limit", Math.Clamp(filter.Limit, 1, 5000)));

    /// <summary>The goal and everything below it, parents before children.</summary>
    public Task<List<AgentTask>> TreeAsync(Guid goalId, CancellationToken cancellation = default) =>
        database.ListAsync(
            $"""
            WITH RECURSIVE tree AS (
                SELECT id FROM tasks WHERE id = @id
                UNION ALL
                SELECT c.id FROM tasks c JOIN tree p ON c.parent_task_id = p.id
            )
            SELECT {AgentTask.Columns} FROM tasks t JOIN tree USING (id) ORDER BY depth, priority DESC, created_at, t.id
            """, AgentTask.Read, cancellation, ("id", goalId));

    /// <summary>What each task below the goal waits for: task → the tasks it depends on.</summary>
    public async Task<ILookup<Guid, Guid>> DependenciesAsync(Guid? goalId, CancellationToken cancellation = default) =>
        (await database.ListAsync(
            """
            SELECT d.task_id, d.depends_on_id FROM task_dependencies d JOIN tasks t ON t.id = d.task_id
            WHERE @goal::uuid IS NULL OR t.parent_task_id = @goal
            """, row => (Task: row.GetGuid(0), On: row.GetGuid(1)), cancellation, ("goal", goalId))).ToLookup(pair => pair.Task, pair => pair.On);

    /// <summary>Tasks that could start now: no workflow yet, dependencies done, the goal under way.</summary>
    /// <param name="goalId">Only right below this goal; null: everywhere, and goals without a goal too.</param>
    public Task<List<AgentTask>> ReadyAsync(Guid? goalId, CancellationToken cancellation = default) =>
        database.ListAsync(
            $"""
            SELECT {AgentTask.Columns} FROM tasks t LEFT JOIN tasks goal ON goal.id = t.parent_task_id
            WHERE t.status IN ('inbox', 'assigned') AND t.workflow_instance_id IS NULL
                AND (t.kind = 'goal' OR t.repository_id IS NOT NULL)
                AND (t.parent_task_id = @goal OR @goal::uuid IS NULL AND (t.parent_task_id IS NULL OR goal.status = 'in_progress'))
                AND NOT EXISTS (SELECT FROM task_dependencies d JOIN tasks o ON o.id = d.depends_on_id WHERE d.task_id = t.id AND o.status <> 'done')
            ORDER BY t.priority DESC, t.created_at, t.id
            """, AgentTask.Read, cancellation, ("goal", goalId));

    /// <summary>Everything that has not ended and that a workflow has taken up: for those who see whether that workflow still is.</summary>
    public Task<List<AgentTask>> WithWorkflowAsync(CancellationToken cancellation = default) =>
        database.ListAsync(
            $"SELECT {AgentTask.Columns} FROM tasks t WHERE workflow_instance_id IS NOT NULL AND status IN ('inbox', 'assigned', 'in_progress', 'review') ORDER BY created_at, id",
            AgentTask.Read, cancellation);

    public async Task<GoalProgress> ProgressAsync(Guid goalId, CancellationToken cancellation = default) =>
        (await database.FirstAsync(
            """
            WITH RECURSIVE child AS (SELECT * FROM tasks WHERE parent_task_id = @id),
            stuck AS (
                SELECT d.task_id AS id FROM task_dependencies d JOIN child o ON o.id = d.depends_on_id AND o.status IN ('blocked', 'cancelled')
                UNION
                SELECT d.task_id FROM task_dependencies d JOIN stuck s ON s.id = d.depends_on_id
            ), open AS (SELECT * FROM child WHERE status IN ('inbox', 'assigned', 'in_progress', 'review'))
            SELECT count(*)::int, (SELECT count(*) FROM open)::int,
                count(*) FILTER (WHERE status = 'done')::int, count(*) FILTER (WHERE status = 'blocked')::int, count(*) FILTER (WHERE status = 'cancelled')::int,
                (SELECT count(*) FROM open o WHERE status IN ('inbox', 'assigned') AND workflow_instance_id IS NULL
                    AND NOT EXISTS (SELECT FROM task_dependencies d JOIN child c ON c.id = d.depends_on_id WHERE d.task_id = o.id AND c.status <> 'done'))::int,
                (SELECT count(*) FROM open JOIN stuck USING (id))::int
            FROM child
            """, row => new GoalProgress(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4), row.GetInt32(5), row.GetInt32(6)),
            cancellation, ("id", goalId)))!;

    /// <summary>
    /// Under way, but nothing was heard of it for that long by the database's clock; those that wait for a worker or for a person's answer
    /// are not meant. Model calls count as signs of life.
    /// </summary>
    public Task<List<AgentTask>> StalledAsync(TimeSpan silence, CancellationToken cancellation = default) =>
        database.ListAsync(
            $"""
            SELECT {AgentTask.Columns} FROM tasks t
            WHERE status IN ('in_progress', 'review') AND waiting_since IS NULL AND updated_at < now() - @silence
                AND NOT EXISTS (SELECT FROM tasks c WHERE c.parent_task_id = t.id AND c.status IN ('inbox', 'assigned', 'in_progress', 'review'))
                AND NOT EXISTS (SELECT FROM messages q WHERE q.task_id = t.id AND q.message_type = 'question'
                    AND NOT EXISTS (SELECT FROM messages a WHERE a.in_reply_to = q.id AND a.message_type = 'answer'))
                AND NOT EXISTS (SELECT FROM merges m WHERE m.task_id = t.id AND m.state IN ('queued', 'testing', 'landing'))
            ORDER BY updated_at
            """, AgentTask.Read, cancellation, ("silence", silence));
}
