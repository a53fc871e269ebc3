using AgentOS.Kernel.Agents;
using AgentOS.Kernel.ModelCalls;
using Npgsql;

namespace AgentOS.Kernel.Tests.ModelCalls;

public sealed class Money_is_reserved_and_settled : KernelTest
{
    [Fact]
    public async Task on_the_task_and_every_goal_above_it()
    {
        var (top, sub, task, session) = await FamilyAsync(budget: 1);
        var call = await StartedAsync("a", 0.30m, session);
        foreach (var id in (Guid[])[top, sub, task]) (await MoneyAsync(id)).ShouldBe((0m, 0.30m));
        await Calls.FinishAsync(call.Id, new("{\"text\":\"hi\"}", 100, 20, 0.12m), cancellation: Token);
        foreach (var id in (Guid[])[top, sub, task]) (await MoneyAsync(id)).ShouldBe((0.12m, 0m));
        (await Sessions.GetAsync(session, Token)).CostUsd.ShouldBe(0.12m);
    }

    [Fact]
    public async Task and_a_call_that_a_budget_does_not_hold_is_not_made()
    {
        var (top, _, task, session) = await FamilyAsync(budget: 0.5m);
        await StartedAsync("a", 0.30m, session);
        var refused = (await Calls.StartAsync(new("b", "p", "m", "{}", 0.21m) { SessionId = session }, Token)).ShouldBeOfType<ModelCallStart.OverBudget>();
        refused.TaskId.ShouldBe(top);
        refused.Message.ShouldContain("0.5");
        (await MoneyAsync(task)).ShouldBe((0m, 0.30m));
        (await RefusedSqlAsync($"INSERT INTO model_calls (session_id, step_key, provider, model, request, reserved_usd) VALUES ('{session}', 'c', 'p', 'm', '{{}}', 0.21)")).SqlState.ShouldBe(DatabaseErrors.OverBudget);
        (await StartedAsync("d", 0.20m, session)).ReservedUsd.ShouldBe(0.20m);
    }

    [Fact]
    public async Task so_that_many_calls_at_once_stay_within_the_budget()
    {
        var (top, _, _, session) = await FamilyAsync(budget: 1);
        var starts = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Calls.StartAsync(new($"step-{i}", "p", "m", "{}", 0.15m) { SessionId = session }, Token)));
        starts.OfType<ModelCallStart.Started>().Count().ShouldBe(6);
        (await MoneyAsync(top)).ShouldBe((0m, 0.90m));
    }

    [Fact]
    public async Task and_a_recorded_answer_is_used_again_for_nothing()
    {
        var (_, _, task, session) = await FamilyAsync();
        var call = await StartedAsync("step", 0.30m, session);
        await Calls.FinishAsync(call.Id, new("{\"text\":\"hi\"}", 1, 1, 0.10m), cancellation: Token);
        var again = (await Calls.StartAsync(new("step", "p", "m", "{}", 0.30m) { SessionId = session }, Token)).ShouldBeOfType<ModelCallStart.Recorded>().Call;
        again.Response!.Value.GetProperty("text").GetString().ShouldBe("hi");
        (await MoneyAsync(task)).ShouldBe((0.10m, 0m));
        (await RefusedSqlAsync($"INSERT INTO model_calls (step_key, attempt, provider, model, request, reserved_usd) VALUES ('step', 2, 'p', 'm', '{{}}', 0)")).SqlState.ShouldBe(PostgresErrorCodes.UniqueViolation);
    }

    [Fact]
    public async Task and_a_call_whose_process_died_counts_at_its_worst_and_is_asked_again()
    {
        var (_, _, task, session) = await FamilyAsync();
        var lost = await StartedAsync("step", 0.30m, session);
        var second = await StartedAsync("step", 0.30m, session);
        second.Attempt.ShouldBe(2);
        (await MoneyAsync(task)).ShouldBe((0.30m, 0.30m));
        (await Calls.FindAsync(lost.Id, Token))!.Outcome.ShouldBe(ModelCallOutcome.Lost);
        await Should.ThrowAsync<RefusedException>(() => Calls.FinishAsync(lost.Id, new("{}", 1, 1, 0.1m), cancellation: Token)); // whoever was taken for dead comes too late
        await Calls.FinishAsync(second.Id, new("{}", 1, 1, 0.1m), cancellation: Token);
        (await MoneyAsync(task)).ShouldBe((0.40m, 0m));
    }

    [Fact]
    public async Task and_what_nobody_asks_again_is_settled_by_the_heartbeat()
    {
        var (_, _, task, session) = await FamilyAsync();
        await StartedAsync("step", 0.30m, session);
        (await Calls.SettleLostAsync(TimeSpan.FromMinutes(10), Token)).ShouldBe(0);
        (await Calls.SettleLostAsync(TimeSpan.Zero, Token)).ShouldBe(1);
        (await MoneyAsync(task)).ShouldBe((0.30m, 0m));
    }

    [Fact]
    public async Task and_a_failed_call_gives_its_reservation_back()
    {
        var (_, _, task, session) = await FamilyAsync();
        var failed = await StartedAsync("step", 0.30m, session);
        await Calls.FailAsync(failed.Id, "503", cancellation: Token);
        (await MoneyAsync(task)).ShouldBe((0m, 0m));
        (await StartedAsync("step", 0.20m, session)).Attempt.ShouldBe(2);
    }

    [Fact]
    public async Task and_the_answer_stands_in_the_transcript_in_the_same_moment()
    {
        var (_, _, _, session) = await FamilyAsync();
        await Sessions.AppendAsync(session, 0, [new("system", "{}"), new("user", "{}")], Token);
        var call = await StartedAsync("step", 0.30m, session);
        (await Calls.FinishAsync(call.Id, new("{}", 1, 1, 0.1m), 2, [new("assistant", "{\"text\":\"hi\"}")], Token)).ShouldBe(3);
        (await Sessions.EntriesAsync(session, 2, Token)).ShouldHaveSingleItem().ModelCallId.ShouldBe(call.Id);

        var other = await StartedAsync("other", 0.30m, session);
        (await Calls.FinishAsync(other.Id, new("{}", 1, 1, 0.1m), 9, [new("assistant", "{}")], Token)).ShouldBeNull("the transcript is not that long");
        (await Calls.FindAsync(other.Id, Token))!.Outcome.ShouldBe(ModelCallOutcome.Succeeded);
    }

    [Fact]
    public async Task also_when_the_answer_holds_what_jsonb_does_not_take()
    {
        var (_, _, _, session) = await FamilyAsync();
        var call = await StartedAsync("step", 0.1m, session);
        await Calls.FinishAsync(call.Id, new(""" {"text":"zero \u0000, half \ud83d, pair \ud83d\ude00, backslash \\u0000"} """, 1, 1, 0.1m), cancellation: Token);
        (await Calls.FindAsync(call.Id, Token))!.Response!.Value.GetProperty("text").GetString().ShouldBe("zero \uFFFD, half \uFFFD, pair \U0001F600, backslash \\u0000");
    }

    private async Task<(Guid Top, Guid Sub, Guid Task, Guid Session)> FamilyAsync(decimal? budget = null)
    {
        await TeamAsync();
        var top = await GoalAsync("top", budget);
        var sub = await GoalAsync("sub", parent: top.Id);
        var task = await TaskAsync(goal: sub.Id);
        var session = await Sessions.OpenAsync(new(AgentRole.Worker, "code", task.Id), Token);
        return (top.Id, sub.Id, task.Id, session.Id);
    }

    private async Task<ModelCall> StartedAsync(string step, decimal worst, Guid session) =>
        (await Calls.StartAsync(new(step, "provider", "model", "{}", worst) { SessionId = session }, Token)).ShouldBeOfType<ModelCallStart.Started>().Call;

    private async Task<(decimal Spent, decimal Reserved)> MoneyAsync(Guid id) => await Tasks.GetAsync(id, Token) is var task ? (task.SpentUsd, task.ReservedUsd) : default;
}
