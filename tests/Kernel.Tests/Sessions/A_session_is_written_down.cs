using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Sessions;

namespace AgentOS.Kernel.Tests.Sessions;

public sealed class A_session_is_written_down : KernelTest
{
    [Fact]
    public async Task and_found_again_by_the_step_that_opened_it()
    {
        await TeamAsync();
        var task = await TaskAsync();
        var sessions = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Sessions.OpenAsync(new(AgentRole.Reviewer, "review", task.Id), Token)));
        sessions.Select(session => session.Id).Distinct().Count().ShouldBe(1);
        (await Sessions.OpenAsync(new(AgentRole.Reviewer, "review", task.Id, Attempt: 2), Token)).Id.ShouldNotBe(sessions[0].Id);
    }

    [Fact]
    public async Task by_an_agent_that_is_active_until_its_last_session_ends()
    {
        await TeamAsync();
        var (one, two) = (await OpenAsync("review"), await OpenAsync("review"));
        var judge = one.AgentId;
        (await Agents.FindAsync(judge, Token))!.Status.ShouldBe(AgentStatus.Active);
        await Sessions.CloseAsync(one.Id, "approved", cancellation: Token);
        (await Agents.FindAsync(judge, Token))!.Status.ShouldBe(AgentStatus.Active);
        var closed = await Sessions.CloseAsync(two.Id, "approved", "looks right", cancellation: Token);
        (await Agents.FindAsync(judge, Token))!.Status.ShouldBe(AgentStatus.Idle);
        (await Sessions.CloseAsync(two.Id, "rejected", cancellation: Token)).Outcome.ShouldBe("approved", "what has ended stays as it is");
        closed.StoppedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task by_one_writer_at_a_time()
    {
        await TeamAsync();
        var session = await OpenAsync("code");
        var appended = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Sessions.AppendAsync(session.Id, 0, [NewEntry.Of("user", new { i }), NewEntry.Of("user", new { i })], Token)));
        appended.Count(length => length == 2).ShouldBe(1);
        appended.Count(length => length is null).ShouldBe(11);
        (await Sessions.EntriesAsync(session.Id, cancellation: Token)).Select(entry => entry.Seq).ShouldBe([0, 1]);
    }

    [Fact]
    public async Task without_gaps_and_not_after_its_end()
    {
        await TeamAsync();
        var session = await OpenAsync("code");
        (await Sessions.AppendAsync(session.Id, 3, [new("user", "{}")], Token)).ShouldBeNull();
        (await RefusedSqlAsync($"INSERT INTO session_entries (session_id, seq, kind, content) VALUES ('{session.Id}', 3, 'user', '{{}}')")).SqlState.ShouldBe(DatabaseErrors.Fixed);
        await Sessions.CloseAsync(session.Id, "finished", cancellation: Token);
        (await Sessions.AppendAsync(session.Id, 0, [new("user", "{}")], Token)).ShouldBeNull();
    }

    [Fact]
    public async Task and_needs_an_agent_of_the_role() =>
        (await Should.ThrowAsync<RefusedException>(async () => await OpenAsync("code"))).Message.ShouldContain("no worker");

    private async Task<Session> OpenAsync(string purpose) =>
        await Sessions.OpenAsync(new(purpose == "review" ? AgentRole.Reviewer : AgentRole.Worker, purpose, (await TaskAsync()).Id), Token);
}
