using AgentOS.Kernel.Agents;
using AgentOS.Kernel.ModelCalls;

namespace AgentOS.Kernel.Tests.ModelCalls;

public sealed class Costs_are_added_up : KernelTest
{
    [Fact]
    public async Task by_day_agent_model_repository_task_and_goal()
    {
        await TeamAsync(1);
        var goal = await GoalAsync("Shop");
        await Tasks.SetBudgetAsync(goal.Id, 5, Token);
        var task = await ClaimedAsync(await TaskAsync("Basket", goal: goal.Id));
        var session = await Sessions.OpenAsync(new(AgentRole.Worker, "code", task.Id) { AgentId = task.AssigneeId }, Token);
        await CallAsync("one", session.Id, 0.25m);
        await CallAsync("two", session.Id, 0.5m);
        await CallAsync("three", null, 0.125m);
        await Calls.StartAsync(new("four", "p", "m", "{}", 1m), Token);
        var costs = new CostStore(Database);

        (await costs.ListAsync(CostBy.Day, cancellation: Token)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(day => day.CostUsd.ShouldBe(1.875m, "what is reserved counts"), day => day.Calls.ShouldBe(4));
        (await costs.ListAsync(CostBy.Model, cancellation: Token)).Select(cost => cost.Name).ShouldBe(["p/m"]);
        (await costs.ListAsync(CostBy.Agent, cancellation: Token)).Select(cost => (cost.Name, cost.CostUsd)).ShouldBe([("none", 1.125m), ("worker-1", 0.75m)]);
        (await costs.ListAsync(CostBy.Task, cancellation: Token)).Select(cost => (cost.Name, cost.CostUsd)).ShouldBe([("none", 1.125m), ("Basket", 0.75m)]);
        (await costs.ListAsync(CostBy.Goal, cancellation: Token)).Select(cost => (cost.Key, cost.CostUsd)).ShouldBe([("none", 1.125m), (goal.Id.ToString(), 0.75m)]);
        (await costs.ListAsync(CostBy.Goal, cancellation: Token)).Select(cost => (cost.SpentUsd, cost.BudgetUsd)).ShouldBe([(null, null), (0.75m, 5m)]);
        (await costs.ListAsync(CostBy.Repository, cancellation: Token)).Select(cost => (cost.Calls, cost.InputTokens, cost.OutputTokens, cost.CostUsd)).ShouldBe([(2, 10, 5, 1.125m), (2, 20, 10, 0.75m)]);
        (await costs.ListAsync(CostBy.Task, limit: 1, cancellation: Token)).ShouldHaveSingleItem();
        foreach (var (side, together) in await costs.SidesAsync(cancellation: Token)) together.ShouldBe(await costs.ListAsync(side, cancellation: Token), side.ToString());
    }

    [Fact]
    public async Task of_the_days_that_are_asked_for()
    {
        await CallAsync("today", null, 0.25m);
        await using (var before = Database.CreateCommand("INSERT INTO model_costs SELECT day - 29, provider, model, agent_id, repository_id, goal_id, calls, input_tokens, cached_input_tokens, output_tokens, cost_usd FROM model_costs"))
            await before.ExecuteNonQueryAsync(Token);
        var costs = new CostStore(Database);

        (await costs.ListAsync(CostBy.Day, 30, cancellation: Token)).Count.ShouldBe(2);
        (await costs.ListAsync(CostBy.Day, 29, cancellation: Token)).ShouldHaveSingleItem().Name.ShouldBe(DateTime.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
    }

    private async Task CallAsync(string step, Guid? session, decimal cost)
    {
        var call = (await Calls.StartAsync(new(step, "p", "m", "{}", 1m) { SessionId = session }, Token)).ShouldBeOfType<ModelCallStart.Started>().Call;
        await Calls.FinishAsync(call.Id, new("{}", 10, 5, cost), cancellation: Token);
    }
}
