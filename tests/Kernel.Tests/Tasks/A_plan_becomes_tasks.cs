using AgentOS.Kernel.Tasks;

namespace AgentOS.Kernel.Tests.Tasks;

public sealed class A_plan_becomes_tasks : KernelTest
{
    private static readonly PlanItem[] Plan =
    [
        new("page", "Show the basket", "…") { DependsOn = ["sum", "store"] },
        new("sum", "Sum up", null) { Priority = 5, Files = ["src/sum.js"] },
        new("store", "Keep it", null, TaskKind.Goal),
    ];

    [Fact]
    public async Task with_its_dependencies_in_its_order()
    {
        var goal = await GoalAsync();
        var tasks = await Tasks.CreatePlanAsync(goal.Id, "step-1", Plan, cancellation: Token);
        tasks.Select(task => task.PlanKey).ShouldBe(["page", "sum", "store"]);
        tasks.ShouldAllBe(task => task.RepositoryId == goal.RepositoryId && task.Depth == 1);
        tasks[1].Files.ShouldBe(["src/sum.js"]);
        (await Tasks.DependenciesAsync(goal.Id, Token))[tasks[0].Id].ShouldBe([tasks[1].Id, tasks[2].Id], ignoreOrder: true);
        (await Tasks.ReadyAsync(goal.Id, Token)).Select(task => task.PlanKey).ShouldBe(["sum", "store"]);
        (await Tasks.ProgressAsync(goal.Id, Token)).ShouldBe(new(3, 3, 0, 0, 0, 2, 0));
        (await Tasks.TreeAsync(goal.Id, Token)).Count.ShouldBe(4);
    }

    [Fact]
    public async Task once_however_often_the_step_runs()
    {
        var goal = await GoalAsync();
        var made = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Tasks.CreatePlanAsync(goal.Id, "step-1", Plan, cancellation: Token)));
        made.SelectMany(tasks => tasks.Select(task => task.Id)).Distinct().Count().ShouldBe(3);
        (await Tasks.ListAsync(new() { ParentTaskId = goal.Id }, Token)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task that_later_plans_of_the_goal_can_build_on()
    {
        var goal = await GoalAsync();
        await Tasks.CreatePlanAsync(goal.Id, "step-1", Plan, cancellation: Token);
        var later = await Tasks.CreatePlanAsync(goal.Id, "step-2", [new("again", "More", null) { DependsOn = ["sum"] }], cancellation: Token);
        (await Tasks.DependenciesAsync(goal.Id, Token))[later[0].Id].Count().ShouldBe(1);
        (await Should.ThrowAsync<RefusedException>(() => Tasks.CreatePlanAsync(goal.Id, "step-3", [new("sum", "Other", null)], cancellation: Token))).Message.ShouldContain("'sum'");
    }

    [Fact]
    public async Task or_nothing_when_it_is_broken()
    {
        var goal = await GoalAsync();
        PlanItem[] cycle = [new("a", "A", null) { DependsOn = ["b"] }, new("b", "B", null) { DependsOn = ["a"] }];
        await Should.ThrowAsync<RefusedException>(() => Tasks.CreatePlanAsync(goal.Id, "s", cycle, cancellation: Token));
        await Should.ThrowAsync<RefusedException>(() => Tasks.CreatePlanAsync(goal.Id, "s", [new("a", "A", null) { DependsOn = ["ghost"] }], cancellation: Token));
        await Should.ThrowAsync<RefusedException>(() => Tasks.CreatePlanAsync(goal.Id, "s", [new("a", new('x', 501), null)], cancellation: Token));
        (await Tasks.ListAsync(new() { ParentTaskId = goal.Id }, Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task whose_rest_is_stuck_behind_one_that_is_blocked()
    {
        var goal = await GoalAsync();
        var tasks = await Tasks.CreatePlanAsync(goal.Id, "s", [new("a", "A", null), new("b", "B", null) { DependsOn = ["a"] }, new("c", "C", null) { DependsOn = ["b"] }], cancellation: Token);
        await Tasks.DoAsync(tasks[0].Id, new TaskCommand.Block("no way"), cancellation: Token);
        var progress = await Tasks.ProgressAsync(goal.Id, Token);
        progress.ShouldBe(new(3, 2, 0, 1, 0, 0, 2));
        progress.IsStill.ShouldBeTrue();
    }

    [Fact]
    public async Task that_are_cancelled_together_with_their_goal()
    {
        await TeamAsync(1);
        var goal = await GoalAsync();
        var tasks = await Tasks.CreatePlanAsync(goal.Id, "s", [new("a", "A", null), new("b", "B", null)], cancellation: Token);
        await Tasks.TakeUpAsync(tasks[0].Id, "instance-a", Token);
        await ClaimedAsync(tasks[0]);
        var cancelled = await Tasks.CancelAsync(goal.Id, "changed my mind", cancellation: Token);
        cancelled.Count.ShouldBe(3);
        (await Tasks.CancelledLatelyAsync(TimeSpan.FromMinutes(5), Token)).ShouldHaveSingleItem().WorkflowInstanceId.ShouldBe("instance-a");
        (await Agents.ListAsync(Kernel.Agents.AgentRole.Worker, Token)).ShouldHaveSingleItem().CurrentTaskId.ShouldBeNull();
        (await Tasks.CancelAsync(goal.Id, "again", cancellation: Token)).ShouldBeEmpty();
    }
}
