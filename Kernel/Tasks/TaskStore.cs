using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Tasks;

/// <summary>Tasks and goals: to find them. What changes them is in the other files of this class.</summary>
public sealed partial class TaskStore(NpgsqlDataSource database)
{
    private const string ById = $"SELECT {AgentTask.Columns} FROM tasks t WHERE id = @id";

    public Task<AgentTask?> FindAsync(Guid id, CancellationToken cancellation = default) =>
        database.FirstAsync(ById, AgentTask.Read, cancellation, ("id", id));

    /// <summary>Those of them that there are, in no order.</summary>
    public Task<List<AgentTask>> FindManyAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellation = default) =>
        database.ListAsync($"SELECT {AgentTask.Columns} FROM tasks t WHERE id = ANY(@ids)", AgentTask.Read, cancellation, ("ids", ids.ToArray()));

    /// <summary>The task that a workflow instance has taken up.</summary>
    public Task<AgentTask?> FindByWorkflowAsync(string instance, CancellationToken cancellation = default) =>
        database.FirstAsync($"SELECT {AgentTask.Columns} FROM tasks t WHERE workflow_instance_id = @instance", AgentTask.Read, cancellation, ("instance", instance));

    /// <summary>Of these workflow instances, those of tasks that have not ended, or that are below a goal that has not: of their sessions too.</summary>
    public Task<List<string>> WorkflowsInUseAsync(IReadOnlyCollection<string> instances, CancellationToken cancellation = default) =>
        database.ListAsync(
            """
            WITH RECURSIVE open AS (
                SELECT id, workflow_instance_id FROM tasks WHERE status IN ('inbox', 'assigned', 'in_progress', 'review', 'blocked') OR hold IS NOT NULL
                UNION
                SELECT c.id, c.workflow_instance_id FROM tasks c JOIN open p ON c.parent_task_id = p.id
            )
            SELECT workflow_instance_id FROM open WHERE workflow_instance_id = ANY(@instances)
            UNION
            SELECT s.workflow_instance_id FROM open JOIN agent_sessions s ON s.task_id = open.id WHERE s.workflow_instance_id = ANY(@instances)
            """, row => row.GetString(0), cancellation, ("instances", instances.ToArray()));

    /// <exception cref="NotFoundException"/>
    public async Task<AgentTask> GetAsync(Guid id, CancellationToken cancellation = default) =>
        await FindAsync(id, cancellation) ?? throw new NotFoundException("task", id);

    /// <summary>By the beginning of the id, as people type it; at most two, so that the caller can say when it is not one.</summary>
    public Task<List<AgentTask>> FindByPrefixAsync(string idPrefix, CancellationToken cancellation = default) =>
        database.ListAsync($"SELECT {AgentTask.Columns} FROM tasks t WHERE starts_with(id::text, lower(@prefix)) LIMIT 2", AgentTask.Read, cancellation, ("prefix", idPrefix));

    /// <summary>The most urgent first, then the oldest.</summary>
    public Task<List<AgentTask>> ListAsync(TaskFilter filter, CancellationToken cancellation = default) =>
        database.SearchAsync(
            $"""
            SELECT {AgentTask.Columns} FROM tasks t
            {Sql.Where(
                (filter.Status is not null, "status = @status"), (filter.Kind is not null, "kind = @kind"), (filter.ParentTaskId is not null, "parent_task_id = @parent"),
                (filter.RepositoryId is not null, "repository_id = @repository"), (filter.AssigneeId is not null, "assignee_id = @assignee"),
                (filter.OnlyTop, "parent_task_id IS NULL"), (filter.OnlyHeld, "hold IS NOT NULL"))}
            ORDER BY priority DESC, created_at, id LIMIT @limit
            """, AgentTask.Read, cancellation,
            ("status", filter.Status), ("kind", filter.Kind), ("parent", filter.ParentTaskId), ("repository", filter.RepositoryId),
            ("assignee", filter.AssigneeId), ("limit", Math.Clamp(filter.Limit, 1, 5000)));

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
            $"SELECT d.task_id, d.depends_on_id FROM task_dependencies d JOIN tasks t ON t.id = d.task_id {Sql.Where((goalId is not null, "t.parent_task_id = @goal"))}", row => (Task: row.GetGuid(0), On: row.GetGuid(1)), cancellation, ("goal", goalId))).ToLookup(pair => pair.Task, pair => pair.On);

    /// <summary>Tasks that could start now: no workflow yet, dependencies done, the goal under way.</summary>
    /// <param name="goalId">Only right below this goal; null: everywhere, and goals without a goal too.</param>
    public Task<List<AgentTask>> ReadyAsync(Guid? goalId, CancellationToken cancellation = default) =>
        database.ListAsync(
            $"""
            SELECT {AgentTask.Columns} FROM tasks t LEFT JOIN tasks goal ON goal.id = t.parent_task_id
            WHERE t.status IN ('inbox', 'assigned') AND t.workflow_instance_id IS NULL AND t.former_instance_id IS NULL
                AND (t.kind = 'goal' OR t.repository_id IS NOT NULL)
                AND {(goalId is not null ? "t.parent_task_id = @goal" : "(t.parent_task_id IS NULL OR goal.status = 'in_progress')")}
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
                SELECT d.task_id AS id FROM task_dependencies d JOIN child o ON o.id = d.depends_on_id AND o.status IN ('blocked', 'cancelled') AND o.hold IS NULL
                UNION
                SELECT d.task_id FROM task_dependencies d JOIN stuck s ON s.id = d.depends_on_id
            ), open AS (SELECT * FROM child WHERE status IN ('inbox', 'assigned', 'in_progress', 'review') OR hold IS NOT NULL)
            SELECT count(*)::int, (SELECT count(*) FROM open)::int,
                count(*) FILTER (WHERE status = 'done')::int, count(*) FILTER (WHERE status = 'blocked' AND hold IS NULL)::int, count(*) FILTER (WHERE status = 'cancelled')::int,
                (SELECT count(*) FROM open o WHERE status IN ('inbox', 'assigned') AND workflow_instance_id IS NULL AND former_instance_id IS NULL
                    AND NOT EXISTS (SELECT FROM task_dependencies d JOIN child c ON c.id = d.depends_on_id WHERE d.task_id = o.id AND c.status <> 'done'))::int,
                (SELECT count(*) FROM open JOIN stuck USING (id))::int,
                EXISTS (SELECT FROM tasks g WHERE g.id = @id AND g.attempt > 1 AND NOT EXISTS (SELECT FROM agent_sessions s WHERE s.task_id = g.id AND s.purpose = 'plan' AND s.attempt = g.attempt))
            FROM child
            """, row => new GoalProgress(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4), row.GetInt32(5), row.GetInt32(6), row.GetBoolean(7)),
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
