using AgentOS.Kernel.Database;
using AgentOS.Kernel.ModelCalls;

namespace AgentOS.Server.Api;

internal static class ModelCallApi
{
    public static void MapModelCallApi(this IEndpointRouteBuilder routes)
    {
        var calls = routes.MapGroup("/api").WithTags("Model calls");
        calls.MapGet("/model-calls", async (ModelCallStore store, Lookup find, Guid? session, string? task, CancellationToken cancellation) => session is null && task is null
                ? throw new InputException("Say whose calls: 'session' or 'task'.")
                : await store.ListAsync(session, task is null ? null : (await find.TaskAsync(task, cancellation)).Id, cancellation))
            .WithSummary("Calls of models, without what was said.");
        calls.MapGet("/model-calls/{call:guid}", async (Guid call, ModelCallStore store, CancellationToken cancellation) =>
                await store.FindAsync(call, cancellation) ?? throw new NotFoundException("model call", call))
            .WithSummary("One call, with what was said.");
        calls.MapGet("/costs", async (ModelCallStore store, Lookup find, string? task, CancellationToken cancellation) =>
            {
                var found = await find.TaskAsync(InputException.Text(task, "task", 100), cancellation);
                var models = from call in await store.ListAsync(taskId: found.Id, cancellation: cancellation)
                             group call by (call.Provider, call.Model) into each
                             select new ModelCost(each.Key.Provider, each.Key.Model, each.Count(), each.Sum(call => (long)call.InputTokens), each.Sum(call => (long)call.OutputTokens), each.Sum(call => call.CostUsd ?? 0));
                return new TaskCost(found.Id, found.SpentUsd, found.ReservedUsd, found.BudgetUsd, [.. models]);
            })
            .WithSummary("What a task or goal costs: with everything below it, and its own calls by model.");
    }
}

/// <param name="SpentUsd">With everything below it.</param>
/// <param name="Models">Of its own calls.</param>
internal sealed record TaskCost(Guid Task, decimal SpentUsd, decimal ReservedUsd, decimal? BudgetUsd, IReadOnlyList<ModelCost> Models);

internal sealed record ModelCost(string Provider, string Model, int Calls, long InputTokens, long OutputTokens, decimal CostUsd);
