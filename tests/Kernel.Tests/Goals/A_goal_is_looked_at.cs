using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Goals;

namespace AgentOS.Kernel.Tests.Goals;

public sealed class A_goal_is_looked_at : KernelTest
{
    [Fact]
    public async Task with_its_plan_and_all_that_was_done_for_it()
    {
        await TeamAsync();
        var goal = await GoalAsync("Goal", 3);
        var first = await ClaimedAsync(await TaskAsync("First", goal: goal.Id));
        var second = await TaskAsync("Second", goal: goal.Id, dependsOn: first.Id);
        var part = await GoalAsync("Part", parent: goal.Id);
        var below = await TaskAsync("Below", goal: part.Id);
        await TaskAsync("Of another", goal: (await GoalAsync("Another")).Id);
        await Sessions.OpenAsync(new(AgentRole.Worker, "code", first.Id) { AgentId = first.AssigneeId }, Token);

        var page = (await new GoalStore(Database).ReadAsync(goal.Id, Token))!;

        (page.Goal.Title, page.Repository, page.Parent).ShouldBe(("Goal", "sample", null));
        page.Tasks.Select(task => task.Title).ShouldBe(["First", "Second", "Part", "Below"]);
        page.Below(goal.Id).Count().ShouldBe(3);
        page.Depends.ShouldBe([new(second.Id, first.Id)]);
        page.Tasks[0].ShouldSatisfyAllConditions(task => task.IsRunning.ShouldBeTrue(), task => task.AgentName.ShouldNotBeNull());
        page.Sessions.ShouldHaveSingleItem().ShouldSatisfyAllConditions(session => session.TaskTitle.ShouldBe("First"), session => session.IsRunning.ShouldBeTrue());
        var under = (await new GoalStore(Database).ReadAsync(part.Id, Token))!;
        under.Parent.ShouldBe(new(goal.Id, "Goal"));
        under.Tasks.ShouldHaveSingleItem().Id.ShouldBe(below.Id);
        (await new GoalStore(Database).ReadAsync(first.Id, Token)).ShouldBeNull("a task is no goal");
    }
}
