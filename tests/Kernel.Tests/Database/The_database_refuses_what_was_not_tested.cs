using AgentOS.Kernel.Evidence;
using AgentOS.Kernel.Tasks;
using Npgsql;

namespace AgentOS.Kernel.Tests.Database;

public sealed class The_database_refuses_what_was_not_tested : KernelTest
{
    [Fact]
    public async Task done_without_a_merge()
    {
        await TeamAsync();
        var task = await ApprovedAsync(await TaskAsync(), Sha(1));
        (await RefusedSqlAsync($"UPDATE tasks SET status = 'done' WHERE id = '{task.Id}'")).SqlState.ShouldBe(PostgresErrorCodes.CheckViolation);
        (await RefusedSqlAsync($"UPDATE tasks SET status = 'done', merged_sha = '{Sha(2)}' WHERE id = '{task.Id}'")).SqlState.ShouldBe(DatabaseErrors.NoEvidence);
        (await RefusedSqlAsync($"INSERT INTO merges (task_id, repository_id, head_sha, state) SELECT id, repository_id, head_sha, 'landed' FROM tasks")).SqlState.ShouldBe(DatabaseErrors.IllegalChange);
    }

    [Fact]
    public async Task done_without_the_judge()
    {
        await TeamAsync();
        var task = await ClaimedAsync(await TaskAsync());
        await Tasks.DoAsync(task.Id, new TaskCommand.Submit(Sha(1)), cancellation: Token);
        await Evidence.RecordAsync(new(task.Id, EvidenceKind.Verdict, Sha(1), false), Token);
        var batch = await PassedBatchAsync(task, Sha(1));
        (await Should.ThrowAsync<RefusedException>(() => Merges.LandAsync(batch, Sha(3), Sha(7), Token))).Message.ShouldContain("no judge approved");
    }

    [Theory]
    [InlineData(4, 7)] // another commit than the tested one
    [InlineData(3, 8)] // another tree
    public async Task a_landing_of_something_else_than_what_was_tested(int commit, int tree)
    {
        await TeamAsync();
        var task = await ApprovedAsync(await TaskAsync(), Sha(1));
        var batch = await PassedBatchAsync(task, Sha(1));
        await Should.ThrowAsync<RefusedException>(() => Merges.LandAsync(batch, Sha(commit), Sha(tree), Token));
        (await Tasks.GetAsync(task.Id, Token)).Status.ShouldBe(TaskState.Review);
    }

    [Fact]
    public async Task a_landing_on_evidence_of_another_task_or_on_a_failed_test()
    {
        await TeamAsync();
        var (task, other) = (await ApprovedAsync(await TaskAsync(), Sha(1)), await TaskAsync("other"));
        await PassedBatchAsync(task, Sha(1));
        foreach (var (of, passed) in ((Guid, bool)[])[(other.Id, true), (task.Id, false)])
        {
            var borrowed = await Evidence.RecordAsync(new(of, EvidenceKind.MergeTest, Sha(3), passed) { TreeSha = Sha(7) }, Token);
            var error = await RefusedSqlAsync($"""
                BEGIN;
                UPDATE merges SET state = 'landed', evidence_id = '{borrowed.Id}', landed_sha = result_sha, landed_tree_sha = tree_sha, landed_at = now();
                UPDATE tasks SET status = 'done', merged_sha = '{Sha(3)}' WHERE id = '{task.Id}';
                COMMIT
                """);
            error.SqlState.ShouldBe(DatabaseErrors.NoEvidence);
        }
    }

    [Fact]
    public async Task a_landed_merge_that_changes_afterwards()
    {
        await TeamAsync();
        var task = await ApprovedAsync(await TaskAsync(), Sha(1));
        await Merges.LandAsync(await PassedBatchAsync(task, Sha(1)), Sha(3), Sha(7), Token);
        (await RefusedSqlAsync("UPDATE merges SET state = 'queued'")).SqlState.ShouldBe(DatabaseErrors.Fixed);
        (await RefusedSqlAsync("UPDATE merges SET landed_tree_sha = base_sha")).SqlState.ShouldBe(DatabaseErrors.Fixed);
        (await RefusedSqlAsync($"UPDATE tasks SET head_sha = '{Sha(9)}' WHERE id = '{task.Id}'")).SqlState.ShouldBe(DatabaseErrors.Fixed);
    }

    private async Task<Guid> PassedBatchAsync(AgentTask task, string head)
    {
        await Merges.EnqueueAsync(task.Id, head, Token);
        var batch = ((Kernel.Merging.BatchClaim.Taken)await Merges.TakeBatchAsync(task.RepositoryId!.Value, "queue", cancellation: Token)).Batch;
        await Merges.RecordTestAsync(batch.Id, "queue", new(Sha(2), Sha(7), Sha(3), true, 0, "make", "ok", TimeSpan.Zero), Token);
        (await Merges.BeginLandingAsync(batch.Id, "queue", cancellation: Token)).ShouldBeTrue();
        return batch.Id;
    }
}
