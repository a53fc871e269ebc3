using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Merging;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Kernel.Tests.Tasks;

public sealed class A_task_goes_its_way : KernelTest
{
    [Fact]
    public async Task from_the_inbox_to_a_merge_that_landed()
    {
        await TeamAsync();
        var goal = await GoalAsync();
        var task = await TaskAsync("Basket", goal: goal.Id);
        (await Tasks.ReadyAsync(goal.Id, Token)).ShouldHaveSingleItem().Id.ShouldBe(task.Id);

        (await Tasks.TakeUpAsync(task.Id, "instance-1", Token)).ShouldBeTrue();
        (await Tasks.TakeUpAsync(task.Id, "instance-1", Token)).ShouldBeTrue("the same workflow may ask again");
        (await Tasks.TakeUpAsync(task.Id, "instance-2", Token)).ShouldBeFalse();

        var worker = (await Agents.ClaimWorkerAsync(task.Id, cancellation: Token)).ShouldBeOfType<WorkerClaim.Claimed>().Worker;
        (await Agents.ClaimWorkerAsync(task.Id, cancellation: Token)).ShouldBeOfType<WorkerClaim.Claimed>().Worker.Id.ShouldBe(worker.Id);
        await Tasks.DoAsync(task.Id, new TaskCommand.Prepare("agentos/basket", Sha(1)), worker.Id, Token);
        await Tasks.DoAsync(task.Id, new TaskCommand.Submit(Sha(2)), worker.Id, Token);
        (await Agents.FindAsync(worker.Id, Token))!.CurrentTaskId.ShouldBeNull("handing in frees the worker");
        await Evidence.RecordAsync(new(task.Id, Kernel.Evidence.EvidenceKind.Verdict, Sha(2), true), Token);

        await Merges.EnqueueAsync(task.Id, Sha(2), Token);
        var batch = (await Merges.TakeBatchAsync(task.RepositoryId!.Value, "queue", cancellation: Token)).ShouldBeOfType<BatchClaim.Taken>().Batch;
        var merge = batch.Merges.ShouldHaveSingleItem();
        await Merges.RecordTestAsync(batch.Id, "queue", new(Sha(1), Sha(7), Sha(3), true, 0, "make test", "all good", TimeSpan.FromSeconds(1)) { MergeCommits = new Dictionary<Guid, string> { [merge.Id] = Sha(3) } }, Token);
        (await Merges.BeginLandingAsync(batch.Id, "queue", cancellation: Token)).ShouldBeTrue();
        await Merges.LandAsync(batch.Id, Sha(3), Sha(7), Token);
        await Merges.LandAsync(batch.Id, Sha(3), Sha(7), Token);

        var done = await Tasks.GetAsync(task.Id, Token);
        (done.Status, done.MergedSha).ShouldBe((TaskState.Done, Sha(3)));
        done.CompletedAt.ShouldNotBeNull();
        (await EventsAsync(task.Id)).ShouldBe(["task.created", "task.started", "task.prepared", "task.submitted", "evidence.verdict", "merge.queued", "merge.tested", "task.done"]);
        (await Tasks.ProgressAsync(goal.Id, Token)).ShouldBe(new(1, 0, 1, 0, 0, 0, 0));
        (await Tasks.DoAsync(goal.Id, new TaskCommand.CompleteGoal("reached"), cancellation: Token)).Task.Status.ShouldBe(TaskState.Done);
    }
}
