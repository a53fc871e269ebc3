using AgentOS.Kernel.Database;
using AgentOS.Kernel.Evidence;
using AgentOS.Kernel.Merging;

namespace AgentOS.Server.Api;

internal static class EvidenceApi
{
    public static void MapEvidenceApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api").WithTags("Evidence");
        api.MapGet("/evidence", async (EvidenceStore store, Lookup find, string? task, string? kind, CancellationToken cancellation) => await store.ListAsync(
                (await find.TaskAsync(InputException.Text(task, "task", 100), cancellation)).Id, Lookup.Word<EvidenceKind>(kind, "kind"), cancellation: cancellation))
            .WithSummary("What checks and judges returned for the commits of a task, without their logs.");
        api.MapGet("/evidence/{evidence:guid}", async (Guid evidence, EvidenceStore store, CancellationToken cancellation) =>
                await store.FindAsync(evidence, cancellation) ?? throw new NotFoundException("evidence", evidence))
            .WithSummary("One of them, with its log.");
        api.MapGet("/merges", async (MergeStore store, Lookup find, string? repository, string? task, bool? open, int? limit, CancellationToken cancellation) => await store.ListAsync(
                await find.RepositoryIdAsync(repository, cancellation), task is null ? null : (await find.TaskAsync(task, cancellation)).Id,
                open ?? false, InputException.Number(limit, "limit", 1, 1000, 200), cancellation))
            .WithSummary("The merge queue, and what came of it.");
    }
}
