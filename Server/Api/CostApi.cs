using AgentOS.Kernel.ModelCalls;

namespace AgentOS.Server.Api;

internal static class CostApi
{
    public static void MapCostApi(this IEndpointRouteBuilder routes)
    {
        var costs = routes.MapGroup("/api/costs").WithTags("Costs");
        costs.MapGet("/", async (CostStore store, TaskCosts tasks, string? task, string? by, int? days, int? limit, CancellationToken cancellation) => task is { } one
                ? Results.Ok(await tasks.OfAsync(one, cancellation))
                : Results.Ok(await store.ListAsync(Lookup.Word<CostBy>(by, "by") ?? CostBy.Day, InputException.Number(days, "days", 1, CostStore.MostDays, 30), InputException.Number(limit, "limit", 1, 1000, 100), cancellation)))
            .Produces<List<Cost>>().WithSummary("What models cost in the last days, by day, agent, model, repository, goal or task; or ('task') what one task or goal costs, with everything below it.");
    }
}

/// <summary>What one task or goal costs.</summary>
internal sealed class TaskCosts(ModelCallStore calls, Lookup find)
{
    public async Task<TaskCost> OfAsync(string task, CancellationToken cancellation)
    {
        var found = await find.TaskAsync(task, cancellation);
        var models = from call in await calls.ListAsync(taskId: found.Id, cancellation: cancellation)
                     group call by (call.Provider, call.Model) into each
                     select new ModelCost(each.Key.Provider, each.Key.Model, each.Count(), each.Sum(call => (long)call.InputTokens), each.Sum(call => (long)call.OutputTokens), each.Sum(call => call.CostUsd ?? 0));
        return new(found.Id, found.SpentUsd, found.ReservedUsd, found.BudgetUsd, [.. models]);
    }
}

/// <param name="SpentUsd">With everything below it.</param>
/// <param name="Models">Of its own calls.</param>
internal sealed record TaskCost(Guid Task, decimal SpentUsd, decimal ReservedUsd, decimal? BudgetUsd, IReadOnlyList<ModelCost> Models);

internal sealed record ModelCost(string Provider, string Model, int Calls, long InputTokens, long OutputTokens, decimal CostUsd);
