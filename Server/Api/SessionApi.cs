using AgentOS.Kernel.Sessions;

namespace AgentOS.Server.Api;

internal static class SessionApi
{
    public static void MapSessionApi(this IEndpointRouteBuilder routes)
    {
        var sessions = routes.MapGroup("/api/sessions").WithTags("Sessions");
        sessions.MapGet("/", async (SessionStore store, Lookup find, string? task, string? agent, string? status, int? limit, CancellationToken cancellation) => await store.ListAsync(
                task is null ? null : (await find.TaskAsync(task, cancellation)).Id, await find.AgentIdAsync(agent, cancellation),
                Lookup.Word<SessionStatus>(status, "status"), InputException.Number(limit, "limit", 1, 1000, 200), cancellation))
            .WithSummary("Runs of agents on tasks.");
        sessions.MapGet("/{session:guid}", (Guid session, SessionStore store, CancellationToken cancellation) => store.GetAsync(session, cancellation)).WithSummary("One run.");
        sessions.MapGet("/{session:guid}/transcript", async (Guid session, SessionStore store, int? from, CancellationToken cancellation) =>
            {
                await store.GetAsync(session, cancellation);
                return await store.EntriesAsync(session, InputException.Number(from, "from", 0, int.MaxValue, 0), cancellation);
            })
            .WithSummary("What was said and done in it, from an entry on.");
    }
}
