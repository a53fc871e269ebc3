using AgentOS.Kernel.Database;
using AgentOS.Kernel.Evidence;
using Npgsql;

namespace AgentOS.Kernel.Merging;

public sealed partial class MergeStore
{
    public static readonly TimeSpan DefaultLease = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Takes the queue of a repository as one batch. One owner at a time: the same owner gets the batch that it has, and a batch whose lease is over goes to whoever asks,
    /// in the state in which it was left.
    /// </summary>
    /// <param name="owner">Who asks, for example the id of a workflow instance.</param>
    public async Task<BatchClaim> TakeBatchAsync(Guid repositoryId, string owner, int max = 8, TimeSpan? lease = null, CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var take = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('merges ' || @repository::text, 0))", connection).With(("repository", repositoryId)))
            await take.ExecuteNonQueryAsync(cancellation);
        var batch = (await connection.ListAsync(
            $"""
            WITH open AS (SELECT * FROM merge_batches WHERE repository_id = @repository AND state IN ('testing', 'passed', 'failed', 'landing')),
            kept AS (
                UPDATE merge_batches b SET owner = @owner, lease_until = now() + @lease, updated_at = now() FROM open WHERE b.id = open.id AND (open.owner = @owner OR open.lease_until <= now()) RETURNING b.*
            ), first AS (
                SELECT group_id FROM merges WHERE repository_id = @repository AND state = 'queued' AND NOT EXISTS (SELECT FROM open) ORDER BY priority DESC, created_at, id LIMIT 1
            ), queue AS (
                SELECT m.id FROM merges m, first f WHERE m.repository_id = @repository AND m.state = 'queued' AND m.group_id IS NOT DISTINCT FROM f.group_id
                ORDER BY m.priority DESC, m.created_at, m.id LIMIT @max
            ), made AS (
                INSERT INTO merge_batches (id, repository_id, owner, lease_until) SELECT @id, @repository, @owner, now() + @lease WHERE EXISTS (SELECT FROM queue) RETURNING *
            ), taken AS (
                UPDATE merges m SET state = 'testing', batch_id = @id FROM queue q, made WHERE m.id = q.id RETURNING m.id
            )
            SELECT {MergeBatch.Columns} FROM (SELECT * FROM made UNION ALL SELECT * FROM kept UNION ALL SELECT * FROM open WHERE NOT EXISTS (SELECT FROM kept)) b WHERE (SELECT count(*) FROM taken) >= 0
            """, MergeBatch.Read, cancellation, ("repository", repositoryId), ("owner", owner), ("lease", lease ?? DefaultLease), ("max", Math.Max(1, max)), ("id", Guid.CreateVersion7()))).FirstOrDefault();
        var merges = batch is null ? [] : await connection.ListAsync(InBatch, Merge.Read, cancellation, ("batch", batch.Id));
        await transaction.CommitAsync(cancellation);
        return batch is null ? new BatchClaim.Empty()
            : batch.Owner == owner ? new BatchClaim.Taken(batch with { Merges = merges })
            : new BatchClaim.Busy(batch.Owner, batch.LeaseUntil);
    }

    /// <summary>Keeps the batch while its test runs.</summary>
    /// <returns>False: it is another's now; stop.</returns>
    public async Task<bool> ExtendLeaseAsync(Guid batchId, string owner, TimeSpan? lease = null, CancellationToken cancellation = default) =>
        await database.RunAsync("UPDATE merge_batches SET lease_until = now() + @lease WHERE id = @id AND owner = @owner AND state IN ('testing', 'passed', 'failed', 'landing')",
            cancellation, ("id", batchId), ("owner", owner), ("lease", lease ?? DefaultLease)) == 1;

    /// <summary>One merge of a batch cannot be: it conflicts with what is before it. It goes back to its task, the others stay.</summary>
    public async Task FailAsync(Guid mergeId, MergeFailure reason, string feedback, CancellationToken cancellation = default) =>
        await database.RunAsync(
            $"""
            WITH failed AS (UPDATE merges SET state = 'failed', reason = @reason, failure = @feedback WHERE id = @id AND state IN ('testing', 'landing') RETURNING *),
            logged AS (
                INSERT INTO activities (event_type, task_id, message, metadata) SELECT 'merge.failed', task_id, left('Not merged (' || reason || '): ' || failure, 2000), jsonb_build_object('merge', id, 'reason', reason) FROM failed
            )
            SELECT {Tell("f")} FROM failed f
            """, cancellation, ("id", mergeId), ("reason", reason), ("feedback", feedback));

    /// <summary>Takes one merge out of a batch that is being tested: it waits for the next one.</summary>
    public async Task PutBackAsync(Guid mergeId, string reason, CancellationToken cancellation = default) =>
        await database.RunAsync(
            $"""
            WITH changed AS (UPDATE merges SET state = 'queued', batch_id = NULL WHERE id = @id AND state = 'testing' RETURNING *),
            logged AS (
                INSERT INTO activities (event_type, task_id, message, metadata) SELECT 'merge.requeued', task_id, left('Back in the queue: ' || @reason, 2000), jsonb_build_object('merge', id) FROM changed
            )
            SELECT {Tell("c")} FROM changed c
            """, cancellation, ("id", mergeId), ("reason", reason));

    /// <summary>Records what the checks said, as evidence of every task in the batch, in one transaction. Recorded again, the first result stands.</summary>
    /// <exception cref="RefusedException">The batch is another's now.</exception>
    public async Task<MergeBatch> RecordTestAsync(Guid batchId, string owner, BatchTest test, CancellationToken cancellation = default)
    {
        var log = PlainText.Clean(test.Log);
        await database.RunAsync(
            $"""
            WITH tested AS (
                UPDATE merge_batches SET state = CASE WHEN @passed THEN 'passed' ELSE 'failed' END, base_sha = @base, tree_sha = @tree, result_sha = @result, updated_at = now()
                WHERE id = @batch AND owner = @owner AND state = 'testing' RETURNING *
            ), proof AS (
                INSERT INTO evidence (task_id, kind, commit_sha, tree_sha, passed, exit_code, command, log, log_sha256, attempt, duration_ms, step_key)
                SELECT m.task_id, 'merge-test', @result, @tree, @passed, @exit, @command, @text, @hash, t.attempt, @duration, 'merge:' || m.id || ':' || b.id
                FROM tested b JOIN merges m ON m.batch_id = b.id AND m.state = 'testing' JOIN tasks t ON t.id = m.task_id
                RETURNING id, task_id
            ), merged AS (
                UPDATE merges m SET base_sha = @base, tree_sha = @tree, result_sha = @result, evidence_id = p.id,
                    merge_sha = (SELECT c.sha FROM unnest(@merges::uuid[], @commits::text[]) AS c(merge, sha) WHERE c.merge = m.id)
                FROM proof p, tested b WHERE m.batch_id = b.id AND m.state = 'testing' AND m.task_id = p.task_id RETURNING m.*
            )
            INSERT INTO activities (event_type, task_id, message, metadata)
            SELECT 'merge.tested', task_id, CASE WHEN @passed THEN 'The merged tree passes' ELSE 'The merged tree fails its checks' END,
                jsonb_build_object('merge', id, 'batch', batch_id, 'passed', @passed, 'evidence', evidence_id, 'result', result_sha) FROM merged
            """, cancellation, ("batch", batchId), ("owner", owner), ("base", test.BaseSha), ("tree", test.TreeSha), ("result", test.ResultSha), ("passed", test.Passed), ("exit", test.ExitCode),
            ("command", test.Command), ("text", log), ("hash", NewEvidence.Hash(log)), ("duration", (int)Math.Min(test.Duration.TotalMilliseconds, int.MaxValue)),
            ("merges", test.MergeCommits.Keys.ToArray()), ("commits", test.MergeCommits.Values.ToArray()));
        return await MineAsync(batchId, owner, cancellation);
    }

    /// <summary>Halves a batch that failed, so that the good ones land; a batch of one goes back to its task with the log.</summary>
    public Task SplitAsync(Guid batchId, string owner, CancellationToken cancellation = default) => database.RunAsync(
        $"""
        WITH released AS (UPDATE merge_batches SET state = 'released', updated_at = now() WHERE id = @batch AND owner = @owner AND state = 'failed' RETURNING *),
        members AS (
            SELECT m.id, row_number() OVER (ORDER BY m.priority DESC, m.created_at, m.id) AS place, count(*) OVER () AS size, right(e.log, 20000) AS log
            FROM merges m JOIN released b ON m.batch_id = b.id LEFT JOIN evidence e ON e.id = m.evidence_id WHERE m.state = 'testing'
        ), changed AS (
            UPDATE merges m SET state = CASE WHEN s.size = 1 THEN 'failed' ELSE 'queued' END, batch_id = CASE WHEN s.size = 1 THEN m.batch_id END,
                reason = CASE WHEN s.size = 1 THEN 'checks' END, failure = CASE WHEN s.size = 1 THEN s.log END,
                group_id = CASE WHEN s.place * 2 <= s.size + 1 THEN @first::uuid ELSE @second::uuid END
            FROM members s WHERE m.id = s.id RETURNING m.*
        ), logged AS (
            INSERT INTO activities (event_type, task_id, message, metadata)
            SELECT CASE state WHEN 'failed' THEN 'merge.failed' ELSE 'merge.split' END, task_id,
                CASE state WHEN 'failed' THEN 'Not merged: the merged tree fails its checks' ELSE 'The batch is halved and tested again' END, jsonb_build_object('merge', id) FROM changed
        )
        SELECT {Tell("c")} FROM changed c
        """, cancellation, ("batch", batchId), ("owner", owner), ("first", Guid.CreateVersion7()), ("second", Guid.CreateVersion7()));

    /// <summary>Puts what is left of a batch back into the queue: the branch moved meanwhile, or cannot be moved now.</summary>
    public Task RequeueAsync(Guid batchId, string owner, string reason, CancellationToken cancellation = default) => database.RunAsync(
        $"""
        WITH released AS (
            UPDATE merge_batches SET state = 'released', updated_at = now() WHERE id = @batch AND owner = @owner AND state IN ('testing', 'passed', 'failed', 'landing') RETURNING id
        ), changed AS (
            UPDATE merges m SET state = 'queued', batch_id = NULL FROM released b WHERE m.batch_id = b.id AND m.state IN ('testing', 'landing') RETURNING m.*
        ), logged AS (
            INSERT INTO activities (event_type, task_id, message, metadata) SELECT 'merge.requeued', task_id, left('Back in the queue: ' || @reason, 2000), jsonb_build_object('merge', id) FROM changed
        )
        SELECT {Tell("c")} FROM changed c
        """, cancellation, ("batch", batchId), ("owner", owner), ("reason", reason));

    private async Task<MergeBatch> MineAsync(Guid batchId, string owner, CancellationToken cancellation)
    {
        var batch = await FindBatchAsync(batchId, cancellation) ?? throw new NotFoundException("merge batch", batchId);
        return batch.Owner == owner ? batch : throw new RefusedException($"The merge batch {batchId} was taken over by {batch.Owner}: its lease was over.");
    }
}
