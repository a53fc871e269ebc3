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
    }
}
