using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Kernel.Tests.Agents;

public sealed class Agents_leave : KernelTest
{
    [Fact]
    public async Task and_are_back_when_they_are_made_again_by_their_name()
    {
        var team = await TeamAsync(2);
        var leaving = team.Single(agent => agent.Name == "worker-1");
        var task = await TaskAsync();
        await Tasks.DoAsync(task.Id, new TaskCommand.Assign(leaving.Id), cancellation: Token);
        var schedule = await Schedules.EnsureAsync(leaving.Id, "*/2 * * * *", Token);

        await Agents.RemoveAsync(leaving.Id, Token);

        (await Agents.ListAsync(cancellation: Token)).ShouldNotContain(agent => agent.Id == leaving.Id);
        (await Agents.FindAsync("worker-1", Token)).ShouldBeNull();
        (await Tasks.GetAsync(task.Id, Token)).Status.ShouldBe(TaskState.Inbox, "whoever is free may take it");
        (await EventsAsync(task.Id)).ShouldContain("task.unassigned");
        (await Schedules.FindAsync(schedule.Id, Token))!.Enabled.ShouldBeFalse();
        (await TeamAsync(2)).Count.ShouldBe(3, "the next start does not bring back whom a person removed");
        (await Agents.CreateAsync("worker-1", AgentRole.Worker, "another", cancellation: Token)).ShouldSatisfyAllConditions(
            back => back.Id.ShouldBe(leaving.Id), back => back.Paused.ShouldBeFalse(), back => back.Model.ShouldBe("another"));
        (await Should.ThrowAsync<RefusedException>(() => Agents.CreateAsync("worker-1", AgentRole.Worker, "m", cancellation: Token))).Message.ShouldContain("already");
    }

    [Fact]
    public async Task but_not_from_their_work_and_not_as_the_last_of_their_role()
    {
        var team = await TeamAsync(2);
        var task = await ClaimedAsync(await TaskAsync());
        (await Should.ThrowAsync<RefusedException>(() => Agents.RemoveAsync(task.AssigneeId!.Value, Token))).Message.ShouldContain("at work");
        (await Should.ThrowAsync<RefusedException>(() => Agents.RemoveAsync(team.Single(agent => agent.Role == AgentRole.Reviewer).Id, Token))).Message.ShouldContain("only reviewer");
    }
}
