using AgentOS.Kernel.Agents;
using AgentOS.Kernel.ModelCalls;
using AgentOS.Kernel.Tasks;
using Npgsql;

namespace AgentOS.Kernel.Tests.Database;

public sealed class Connections_are_few : KernelTest
{
    [Fact]
    public async Task so_nobody_who_holds_one_asks_for_another()
    {
        var goal = await GoalAsync();
        var (over, again) = (await StartedSessionAsync(budget: 0.1m), Guid.CreateVersion7());
        await using var one = KernelDatabase.Open(new NpgsqlConnectionStringBuilder(ConnectionString) { MaxPoolSize = 1, Timeout = 2 }.ConnectionString);
        var (tasks, calls) = (new TaskStore(one), new ModelCallStore(one));

        var task = await tasks.CreateAsync(new("Task") { ParentTaskId = goal.Id }, Token);
        (await tasks.SplitAsync(task.Id, [new("One"), new("Two")], cancellation: Token)).Select(part => part.Title).ShouldBe(["One", "Two"]);
        (await tasks.CreatePlanAsync(goal.Id, "plan", [new("a", "Planned", "Plan it.")], cancellation: Token)).ShouldHaveSingleItem();
        (await calls.StartAsync(new("dear", "p", "m", "{}", 0.2m) { SessionId = over }, Token)).ShouldBeOfType<ModelCallStart.OverBudget>();
        await calls.StartAsync(new("step", "p", "m", "{}", 0m) { Id = again }, Token);
        (await calls.StartAsync(new("step", "p", "m", "{}", 0m) { Id = again }, Token)).ShouldBeOfType<ModelCallStart.Started>("the same call, noted again").Call.Id.ShouldBe(again);
    }

    [Fact]
    public void as_many_as_the_processors_can_serve_or_as_the_owner_says()
    {
        var unset = new NpgsqlConnectionStringBuilder(ConnectionString);
        unset.Remove("Maximum Pool Size");
        Most(unset).ShouldBe(10 + 2 * Environment.ProcessorCount);
        Most(new(ConnectionString) { MaxPoolSize = 3 }).ShouldBe(3);

        static int Most(NpgsqlConnectionStringBuilder settings)
        {
            using var source = KernelDatabase.Open(settings.ConnectionString);
            return new NpgsqlConnectionStringBuilder(source.ConnectionString).MaxPoolSize;
        }
    }

    [Fact]
    public async Task and_each_plans_a_statement_once()
    {
        await using var ask = Database.CreateCommand("SHOW plan_cache_mode");
        (await ask.ExecuteScalarAsync(Token)).ShouldBe("force_generic_plan");
        // A search leaves nothing behind on the connection.
        await Tasks.ListAsync(new(), Token);
        (await ask.ExecuteScalarAsync(Token)).ShouldBe("force_generic_plan");
    }

    private async Task<Guid> StartedSessionAsync(decimal budget)
    {
        await TeamAsync();
        var task = await TaskAsync(goal: (await GoalAsync("Poor", budget)).Id);
        return (await Sessions.OpenAsync(new(AgentRole.Worker, "code", task.Id), Token)).Id;
    }
}
