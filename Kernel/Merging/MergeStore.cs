using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Merging;

/// <summary>
/// The merge queue.
/// <code>
/// queued → testing → landing → landed
///    ↑        ↓ ↘       ↓
///    └────────┴──╳──────┘        failed: goes back to its task      cancelled: its task went away
/// </code>
/// </summary>
public sealed partial class MergeStore(NpgsqlDataSource database)
{
    /// <summary>Puts a task's head into the queue; the same head again is the same merge.</summary>
    /// <exception cref="RefusedException">The task is not in review with that head.</exception>
    public async Task<Merge> EnqueueAsync(Guid taskId, string headSha, CancellationToken cancellation = default)
    {
        if (await FindAsync(taskId, headSha, cancellation) is { } earlier) return earlier;
        return await database.FirstAsync(
            $"""
            WITH made AS (
                INSERT INTO merges (id, task_id, repository_id, head_sha, priority)
                SELECT @id, id, repository_id, head_sha, priority FROM tasks WHERE id = @task AND kind = 'code' AND status = 'review' AND head_sha = @head
                ON CONFLICT DO NOTHING RETURNING *
            ), logged AS (
                INSERT INTO activities (event_type, task_id, message, metadata)
                SELECT 'merge.queued', m.task_id, '''' || t.title || ''' waits to be merged', jsonb_build_object('merge', m.id, 'head', m.head_sha) FROM made m JOIN tasks t ON t.id = m.task_id
            )
            SELECT {Merge.Columns}, {Tell("m")} FROM made m
            """, Merge.Read, cancellation, ("id", Guid.CreateVersion7()), ("task", taskId), ("head", headSha))
            ?? await FindAsync(taskId, headSha, cancellation)
            ?? throw new RefusedException($"Task {taskId} is not in review with the head {headSha}.");
    }

    /// <summary>The merge of exactly that head, if it was not cancelled.</summary>
    public Task<Merge?> FindAsync(Guid taskId, string headSha, CancellationToken cancellation = default) =>
        database.FirstAsync($"SELECT {Merge.Columns} FROM merges m WHERE task_id = @task AND head_sha = @head AND state <> 'cancelled'", Merge.Read, cancellation, ("task", taskId), ("head", headSha));

    /// <summary>The newest first.</summary>
    public Task<List<Merge>> ListAsync(Guid? repositoryId = null, Guid? taskId = null, bool onlyOpen = false, int limit = 200, CancellationToken cancellation = default) =>
        database.SearchAsync(
            $"""
            SELECT {Merge.Columns} FROM merges m
            {Sql.Where((repositoryId is not null, "repository_id = @repository"), (taskId is not null, "task_id = @task"), (onlyOpen, "state IN ('queued', 'testing', 'landing')"))}
            ORDER BY created_at DESC, id DESC LIMIT @limit
            """, Merge.Read, cancellation, ("repository", repositoryId), ("task", taskId), ("limit", Math.Clamp(limit, 1, 1000)));

    /// <summary>Repositories in which something can be done now: a queue without a batch, or a batch whose owner is gone.</summary>
    public Task<List<Guid>> RepositoriesWithWorkAsync(CancellationToken cancellation = default) =>
        database.ListAsync(
            """
            SELECT DISTINCT m.repository_id FROM merges m WHERE m.state = 'queued'
                AND NOT EXISTS (SELECT FROM merge_batches b WHERE b.repository_id = m.repository_id AND b.state IN ('testing', 'passed', 'failed', 'landing') AND b.lease_until > now())
            UNION
            SELECT repository_id FROM merge_batches WHERE state IN ('testing', 'passed', 'failed', 'landing') AND lease_until <= now()
            """, row => row.GetGuid(0), cancellation);

    public async Task<MergeBatch?> FindBatchAsync(Guid id, CancellationToken cancellation = default)
    {
        var batch = await database.FirstAsync($"SELECT {MergeBatch.Columns} FROM merge_batches b WHERE id = @id", MergeBatch.Read, cancellation, ("id", id));
        return batch is null ? null : batch with { Merges = await database.ListAsync(InBatch, Merge.Read, cancellation, ("batch", id)) };
    }

    private const string InBatch = $"SELECT {Merge.Columns} FROM merges m WHERE batch_id = @batch AND state IN ('testing', 'landing', 'landed') ORDER BY priority DESC, created_at, id";

    private static string Tell(string alias) =>
        $"pg_notify('agentos', json_build_object('kind', 'merge', 'id', {alias}.id, 'state', {alias}.state, 'parent', {alias}.task_id, 'repository', {alias}.repository_id)::text)";
}
