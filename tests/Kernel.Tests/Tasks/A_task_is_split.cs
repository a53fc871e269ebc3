using AgentOS.Kernel.Tasks;

namespace AgentOS.Kernel.Tests.Tasks;

public sealed class A_task_is_split : KernelTest
{
    [Fact]
    public async Task into_parts_that_take_its_place_among_the_others()
    {
        var goal = await GoalAsync();
        var before = await TaskAsync("Before", goal: goal.Id);
        var big = await TaskAsync("Big", priority: 5, goal: goal.Id, dependsOn: before.Id);
        var after = await TaskAsync("After", goal: goal.Id, dependsOn: big.Id);

        var parts = await Tasks.SplitAsync(big.Id, [new("One", "the first"), new("Two")], inOrder: true, Token);

        parts.Select(part => (part.Title, part.ParentTaskId, part.Priority, part.RepositoryId)).ShouldBe([("One", goal.Id, 5, big.RepositoryId), ("Two", goal.Id, 5, big.RepositoryId)]);
        var depends = await Tasks.DependenciesAsync(goal.Id, Token);
        depends[parts[0].Id].ShouldBe([before.Id]);
        depends[parts[1].Id].ShouldBe([before.Id, parts[0].Id], ignoreOrder: true);
        depends[after.Id].ShouldBe(parts.Select(part => part.Id), ignoreOrder: true);
        (await Tasks.GetAsync(big.Id, Token)).ShouldSatisfyAllConditions(task => task.Status.ShouldBe(TaskState.Cancelled), task => task.Error.ShouldBe("split into 2 tasks"));
    }

    [Fact]
    public async Task and_its_worker_is_free_and_its_workflow_named()
    {
        await TeamAsync(1);
        var task = await ClaimedAsync(await TaskAsync());
        await Tasks.TakeUpAsync(task.Id, "workflow", Token);

        await Tasks.SplitAsync(task.Id, [new("One"), new("Two")], cancellation: Token);

        (await Tasks.CancelledLatelyAsync(TimeSpan.FromMinutes(5), Token)).ShouldHaveSingleItem().WorkflowInstanceId.ShouldBe("workflow");
        (await Agents.ListAsync(cancellation: Token)).ShouldAllBe(agent => agent.CurrentTaskId == null);
    }

    [Fact]
    public async Task only_while_there_is_something_to_split()
    {
        await TeamAsync(1);
        var reviewed = await ClaimedAsync(await TaskAsync());
        await Tasks.DoAsync(reviewed.Id, new TaskCommand.Submit(Sha(1)), cancellation: Token);
        (await RefusalAsync(reviewed.Id, new("One"), new("Two"))).ShouldContain("review");
        (await RefusalAsync((await GoalAsync()).Id, new("One"), new("Two"))).ShouldContain("goal");
        var open = await TaskAsync("Open");
        (await RefusalAsync(open.Id, new SplitPart("One"))).ShouldContain("2 to 20");
        (await RefusalAsync(open.Id, new("One"), new(" "))).ShouldContain("title");
        (await Tasks.GetAsync(open.Id, Token)).Status.ShouldBe(TaskState.Inbox);
    }

    private async Task<string> RefusalAsync(Guid task, params SplitPart[] parts) => (await Should.ThrowAsync<RefusedException>(() => Tasks.SplitAsync(task, parts, cancellation: Token))).Message;
}
