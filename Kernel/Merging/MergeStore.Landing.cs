using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Merging;

public sealed partial class MergeStore
{
    /// <summary>
    /// The point of no return, just before the branch is moved: from here on the tasks cannot be cancelled. When one of them was meanwhile, the others go back into the queue,
    /// because what was tested has it in it.
    /// </summary>
    /// <returns>True: move the branch to <see cref="MergeBatch.ResultSha"/> now, if it still is at <see cref="MergeBatch.BaseSha"/>; then call <see cref="LandAsync"/>.</returns>
    public async Task<bool> BeginLandingAsync(Guid batchId, string owner, TimeSpan? lease = null, CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // The tasks first: from now on nobody sends them back or cancels them without seeing what is written below.
        await connection.ListAsync(
            "SELECT t.id FROM tasks t JOIN merges m ON m.task_id = t.id WHERE m.batch_id = @batch AND m.state = 'testing' ORDER BY t.depth DESC, t.id FOR NO KEY UPDATE OF t",
            row => row.GetGuid(0), cancellation, ("batch", batchId));
        var state = (await connection.ListAsync(
            """
            SELECT b.state, b.state = 'passed' AND EXISTS (
                SELECT FROM merges m WHERE m.batch_id = b.id AND m.evidence_id IS NOT NULL AND (m.state NOT IN ('testing', 'failed') OR m.state = 'testing' AND person_rejected(m.task_id, m.head_sha)))
            FROM merge_batches b WHERE b.id = @batch AND b.owner = @owner FOR UPDATE
            """, row => (State: Words.Parse<BatchState>(row.GetString(0)), Torn: row.GetBoolean(1)), cancellation, ("batch", batchId), ("owner", owner))).FirstOrDefault((State: BatchState.Released, Torn: false));
        if (state is not { State: BatchState.Passed, Torn: false })
        {
            await transaction.RollbackAsync(cancellation);
            await connection.CloseAsync();
            if (state.Torn) await RequeueAsync(batchId, owner, "a task of the batch was cancelled or rejected", cancellation);
            return state.State == BatchState.Landing;
        }

        await connection.ListAsync(
            """
            WITH begun AS (UPDATE merge_batches SET state = 'landing', lease_until = now() + @lease, updated_at = now() WHERE id = @batch RETURNING id)
            UPDATE merges m SET state = 'landing' FROM begun b WHERE m.batch_id = b.id AND m.state = 'testing' RETURNING m.id
            """, row => row.GetGuid(0), cancellation, ("batch", batchId), ("lease", lease ?? DefaultLease));
        await transaction.CommitAsync(cancellation);
        return true;
    }

    /// <summary>The branch was not moved, and cannot be now: until the next try the tasks may be stopped and cancelled again.</summary>
    public Task StepBackAsync(Guid batchId, string owner, CancellationToken cancellation = default) => database.RunAsync(
        """
        WITH back AS (UPDATE merge_batches SET state = 'passed', updated_at = now() WHERE id = @batch AND owner = @owner AND state = 'landing' RETURNING id)
        UPDATE merges m SET state = 'testing' FROM back b WHERE m.batch_id = b.id AND m.state = 'landing'
        """, cancellation, ("batch", batchId), ("owner", owner));

    /// <summary>
    /// Records that the branch is at the tested commit: merges landed, tasks done, in one transaction. The database agrees only when each merge stands on a passed test of that
    /// very tree and a judge approved the head. Recorded again, nothing changes.
    /// </summary>
    /// <param name="landedTreeSha">The tree of the commit that the branch is at, read from the repository.</param>
    /// <exception cref="RefusedException">The batch is not landing, or the database found no evidence.</exception>
    public async Task<MergeBatch> LandAsync(Guid batchId, string landedSha, string landedTreeSha, CancellationToken cancellation = default)
    {
        try
        {
            await database.RunAsync(
                $"""
                WITH landed AS (
                    UPDATE merges SET state = 'landed', landed_sha = @sha, landed_tree_sha = @tree, landed_at = now() WHERE batch_id = @batch AND state = 'landing' RETURNING *
                ), batch AS (
                    UPDATE merge_batches SET state = 'landed', updated_at = now() WHERE id = @batch AND state = 'landing'
                ), done AS (
                    UPDATE tasks t SET status = 'done', merged_sha = COALESCE(l.merge_sha, l.landed_sha), error = NULL FROM landed l WHERE t.id = l.task_id AND t.status = 'review' RETURNING t.*
                ), logged AS (
                    INSERT INTO activities (event_type, agent_id, task_id, message, metadata)
                    SELECT 'task.done', assignee_id, id, '''' || title || ''' is merged', jsonb_build_object('from', 'review', 'to', 'done', 'merged', merged_sha, 'attempt', attempt) FROM done
                )
                SELECT {Tell("l")} FROM landed l
                UNION ALL SELECT pg_notify('agentos', json_build_object('kind', 'task', 'id', id, 'state', status, 'parent', parent_task_id)::text) FROM done
                """, cancellation, ("batch", batchId), ("sha", landedSha), ("tree", landedTreeSha));
        }
        catch (PostgresException error) when (error.SqlState.StartsWith("AO", StringComparison.Ordinal) || error.SqlState == PostgresErrorCodes.CheckViolation)
        {
            throw new RefusedException($"The merge batch {batchId} cannot be recorded as landed: {error.MessageText}.", error);
        }

        var batch = await FindBatchAsync(batchId, cancellation) ?? throw new NotFoundException("merge batch", batchId);
        return batch.State == BatchState.Landed ? batch : throw new RefusedException($"The merge batch {batchId} is {batch.State.Word()}, not landing.");
    }
}
