using AgentOS.Kernel.Merging;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Kernel.Tests.Merging;

public sealed class Merges_land : KernelTest
{
    private const string Me = "me";

    [Fact]
    public async Task in_the_order_of_their_priority_as_one_batch()
    {
        var repository = await QueueAsync(0, 5, 0);
        var batch = await TakenAsync(repository);
        batch.Merges.Select(merge => merge.Priority).ShouldBe([5, 0, 0]);
        await PassAndLandAsync(batch);
        (await Tasks.ListAsync(new() { Status = TaskState.Done }, Token)).Count.ShouldBe(3);
        (await Merges.TakeBatchAsync(repository, Me, cancellation: Token)).ShouldBeOfType<BatchClaim.Empty>();
    }

    [Fact]
    public async Task with_one_owner_at_a_time()
    {
        var repository = await QueueAsync(0, 0);
        var claims = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Merges.TakeBatchAsync(repository, $"owner-{i}", cancellation: Token)));
        var taken = claims.OfType<BatchClaim.Taken>().ShouldHaveSingleItem().Batch;
        claims.OfType<BatchClaim.Busy>().Count().ShouldBe(9);
        (await Merges.TakeBatchAsync(repository, taken.Owner, cancellation: Token)).ShouldBeOfType<BatchClaim.Taken>().Batch.Id.ShouldBe(taken.Id);
        (await Merges.RepositoriesWithWorkAsync(Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task by_another_owner_when_the_first_is_gone()
    {
        var repository = await QueueAsync(0);
        var lost = ((BatchClaim.Taken)await Merges.TakeBatchAsync(repository, "gone", lease: TimeSpan.Zero, cancellation: Token)).Batch;
        (await Merges.RepositoriesWithWorkAsync(Token)).ShouldBe([repository]);
        (await TakenAsync(repository)).Id.ShouldBe(lost.Id);
        (await Merges.ExtendLeaseAsync(lost.Id, "gone", cancellation: Token)).ShouldBeFalse();
        (await Should.ThrowAsync<RefusedException>(() => Merges.RecordTestAsync(lost.Id, "gone", Test(true), Token))).Message.ShouldContain("taken over");
        (await Merges.BeginLandingAsync(lost.Id, "gone", cancellation: Token)).ShouldBeFalse();
    }

    [Fact]
    public async Task also_when_the_one_who_moved_the_branch_died_before_saying_so()
    {
        var repository = await QueueAsync(0);
        var batch = ((BatchClaim.Taken)await Merges.TakeBatchAsync(repository, "gone", cancellation: Token)).Batch;
        await Merges.RecordTestAsync(batch.Id, "gone", Test(true), Token);
        (await Merges.BeginLandingAsync(batch.Id, "gone", TimeSpan.Zero, Token)).ShouldBeTrue();
        var found = await TakenAsync(repository);
        (found.State, found.ResultSha).ShouldBe((BatchState.Landing, Sha(900)));
        (await Merges.BeginLandingAsync(found.Id, Me, cancellation: Token)).ShouldBeTrue("it is landing already: look where the branch is");
        (await Merges.LandAsync(found.Id, Sha(900), Sha(901), Token)).State.ShouldBe(BatchState.Landed);
    }

    [Fact]
    public async Task or_step_back_while_the_checkout_is_not_clean_and_can_be_cancelled_then()
    {
        var repository = await QueueAsync(0, 0);
        var batch = await TakenAsync(repository);
        await Merges.RecordTestAsync(batch.Id, Me, Test(true), Token);
        (await Merges.BeginLandingAsync(batch.Id, Me, cancellation: Token)).ShouldBeTrue();
        await Should.ThrowAsync<RefusedException>(() => Tasks.CancelAsync(batch.Merges[0].TaskId, "no", cancellation: Token));

        await Merges.StepBackAsync(batch.Id, Me, Token);
        (await Merges.BeginLandingAsync(batch.Id, Me, cancellation: Token)).ShouldBeTrue("the next try");
        await Merges.StepBackAsync(batch.Id, Me, Token);
        await Tasks.CancelAsync(batch.Merges[0].TaskId, "no", cancellation: Token);

        (await Merges.BeginLandingAsync(batch.Id, Me, cancellation: Token)).ShouldBeFalse("what was tested has it in it");
        (await TakenAsync(repository)).Merges.ShouldHaveSingleItem().TaskId.ShouldBe(batch.Merges[1].TaskId);
    }

    [Fact]
    public async Task but_a_bad_one_goes_back_alone()
    {
        var repository = await QueueAsync(0, 0, 0, 0, 0);
        var all = (await TakenAsync(repository)).Merges.Select(merge => merge.Id).ToList();
        await Merges.RequeueAsync((await TakenAsync(repository)).Id, Me, "for the test", Token);
        var bad = all[3];
        for (var rounds = 0; rounds < 12 && await Merges.TakeBatchAsync(repository, Me, cancellation: Token) is BatchClaim.Taken(var batch); rounds++)
        {
            if (batch.Merges.Any(merge => merge.Id == bad))
            {
                await Merges.RecordTestAsync(batch.Id, Me, Test(false), Token);
                await Merges.SplitAsync(batch.Id, Me, Token);
            }
            else
            {
                await PassAndLandAsync(batch);
            }
        }

        var merges = await Merges.ListAsync(repository, cancellation: Token);
        merges.Single(merge => merge.Id == bad).ShouldSatisfyAllConditions(merge => merge.State.ShouldBe(MergeState.Failed), merge => merge.Reason.ShouldBe(MergeFailure.Checks), merge => merge.Failure.ShouldBe("the log"));
        merges.Count(merge => merge.State == MergeState.Landed).ShouldBe(4);
    }

    [Fact]
    public async Task without_the_one_that_conflicts()
    {
        var batch = await TakenAsync(await QueueAsync(0, 0));
        await Merges.FailAsync(batch.Merges[1].Id, MergeFailure.Conflict, "both changed sum.js", Token);
        var rest = (await Merges.FindBatchAsync(batch.Id, Token))!;
        rest.Merges.ShouldHaveSingleItem().Id.ShouldBe(batch.Merges[0].Id);
        await PassAndLandAsync(rest);
        var back = await Tasks.DoAsync(batch.Merges[1].TaskId, new TaskCommand.SendBack(1, "merge", "both changed sum.js"), cancellation: Token);
        back.Task.Status.ShouldBe(TaskState.InProgress);
    }

    [Fact]
    public async Task not_with_a_task_in_them_that_was_cancelled_meanwhile()
    {
        var repository = await QueueAsync(0, 0);
        var batch = await TakenAsync(repository);
        await Merges.RecordTestAsync(batch.Id, Me, Test(true), Token);
        await Tasks.CancelAsync(batch.Merges[0].TaskId, "no", cancellation: Token);
        (await Merges.BeginLandingAsync(batch.Id, Me, cancellation: Token)).ShouldBeFalse();
        (await TakenAsync(repository)).Merges.ShouldHaveSingleItem().TaskId.ShouldBe(batch.Merges[1].TaskId);
    }

    [Fact]
    public async Task and_then_it_is_too_late_to_cancel()
    {
        var batch = await TakenAsync(await QueueAsync(0));
        await Merges.RecordTestAsync(batch.Id, Me, Test(true), Token);
        (await Merges.BeginLandingAsync(batch.Id, Me, cancellation: Token)).ShouldBeTrue();
        var task = batch.Merges[0].TaskId;
        (await Should.ThrowAsync<RefusedException>(() => Tasks.CancelAsync(task, "no", cancellation: Token))).Message.ShouldContain("landing");
        await Should.ThrowAsync<RefusedException>(() => Tasks.DoAsync(task, new TaskCommand.Block("no"), cancellation: Token));
        (await RefusedSqlAsync($"UPDATE tasks SET status = 'blocked' WHERE id = '{task}'")).MessageText.ShouldContain("landing");
        await Merges.LandAsync(batch.Id, Sha(900), Sha(901), Token);
        (await Tasks.GetAsync(task, Token)).Status.ShouldBe(TaskState.Done);
    }

    [Fact]
    public async Task or_are_cancelled_but_never_both()
    {
        var repository = await QueueAsync(0, 0, 0, 0, 0, 0);
        for (var round = 0; round < 6 && await Merges.TakeBatchAsync(repository, Me, max: 1, cancellation: Token) is BatchClaim.Taken(var batch); round++)
        {
            await Merges.RecordTestAsync(batch.Id, Me, Test(true), Token);
            var task = batch.Merges[0].TaskId;
            var landing = Task.Run(() => Merges.BeginLandingAsync(batch.Id, Me, cancellation: Token), Token);
            var cancelling = Task.Run(async () =>
            {
                try
                {
                    return (await Tasks.CancelAsync(task, "race", cancellation: Token)).Count == 1;
                }
                catch (RefusedException)
                {
                    return false;
                }
            }, Token);
            (await landing).ShouldNotBe(await cancelling);
            if (await landing) await Merges.LandAsync(batch.Id, Sha(900), Sha(901), Token);
            (await Tasks.GetAsync(task, Token)).Status.ShouldBe(await landing ? TaskState.Done : TaskState.Cancelled);
        }
    }

    [Fact]
    public async Task once_for_each_head()
    {
        await TeamAsync();
        var task = await ApprovedAsync(await TaskAsync(), Sha(1));
        var merges = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Merges.EnqueueAsync(task.Id, Sha(1), Token)));
        merges.Select(merge => merge.Id).Distinct().Count().ShouldBe(1);
        await Should.ThrowAsync<RefusedException>(() => Merges.EnqueueAsync(task.Id, Sha(2), Token));
    }

    private async Task<Guid> QueueAsync(params int[] priorities)
    {
        await TeamAsync();
        foreach (var (priority, number) in priorities.Select((priority, number) => (priority, number + 1)))
        {
            var task = await ApprovedAsync(await TaskAsync($"Task {number}", priority), Sha(number));
            await Merges.EnqueueAsync(task.Id, Sha(number), Token);
        }

        return (await RepositoryAsync()).Id;
    }

    private async Task<MergeBatch> TakenAsync(Guid repository) =>
        (await Merges.TakeBatchAsync(repository, Me, cancellation: Token)).ShouldBeOfType<BatchClaim.Taken>().Batch;

    private async Task PassAndLandAsync(MergeBatch batch)
    {
        var commits = batch.Merges.Select((merge, place) => (merge.Id, Sha(800 + place))).ToDictionary();
        (await Merges.RecordTestAsync(batch.Id, Me, Test(true) with { MergeCommits = commits }, Token)).State.ShouldBe(BatchState.Passed);
        (await Merges.BeginLandingAsync(batch.Id, Me, cancellation: Token)).ShouldBeTrue();
        await Merges.LandAsync(batch.Id, Sha(900), Sha(901), Token);
    }

    private static BatchTest Test(bool passed) => new(Sha(500), Sha(901), Sha(900), passed, passed ? 0 : 1, "make test", "the log", TimeSpan.FromSeconds(2));
}
