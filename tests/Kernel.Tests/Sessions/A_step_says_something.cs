using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Sessions;

namespace AgentOS.Kernel.Tests.Sessions;

public sealed class A_step_says_something : KernelTest
{
    private LiveOutputStore Live => Get<LiveOutputStore>();

    [Fact]
    public async Task and_who_watches_the_sessions_sees_that_it_did()
    {
        await TeamAsync();
        var task = await ClaimedAsync(await TaskAsync());
        var session = await Sessions.OpenAsync(new(AgentRole.Worker, "code", task.Id) { AgentId = task.AssigneeId }, Token);
        var before = (await Sessions.PulseAsync(Token)).Single();

        await Live.WriteAsync(new(session.Id, 0, "I look", 0, 7), Token);
        (await Sessions.PulseAsync(Token)).Single().ShouldBe(before with { Live = 7 });
        (await Live.FindAsync(session.Id, Token))!.Text.ShouldBe("I look");

        await Live.WriteAsync(new(session.Id, 1, "later", 0, 9), Token);
        await Live.EndAsync(session.Id, 0, Token);
        (await Live.FindAsync(session.Id, Token))!.Text.ShouldBe("later", "the end of a step takes nothing of the next away");
        await Live.EndAsync(session.Id, 1, Token);
        (await Live.FindAsync(session.Id, Token)).ShouldBeNull();
    }

    [Fact]
    public async Task and_checks_are_watched_by_their_task_without_a_session()
    {
        var task = await TaskAsync();
        await Live.WriteAsync(new(task.Id, LiveOutput.Checks, "npm test\0", 0, 1), Token);

        (await Sessions.PulseAsync(Token)).ShouldBe([new SessionPulse(task.Id, task.Id, 0, 0, 1)]);
        (await Live.SweepAsync(Token)).ShouldBe(0, "it is young");
    }
}
