using AgentOS.Kernel.Settings;
using AgentOS.Server.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentOS.Server.Api;

internal static class ServerApi
{
    public static void MapServerApi(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", async Task<Results<Ok<Health>, JsonHttpResult<Health>>> (ServerDatabase database, CancellationToken cancellation) =>
                await database.AnswersAsync(cancellation)
                    ? TypedResults.Ok(new Health("healthy", AgentOSServer.Version))
                    : TypedResults.Json(new Health("unhealthy: PostgreSQL does not answer", AgentOSServer.Version), statusCode: StatusCodes.Status503ServiceUnavailable))
            .AllowAnonymous().WithTags("Server").WithSummary("Whether the server and its database answer.");

        routes.MapGet("/api/configuration", (ReadConfiguration read) => read()).WithTags("Server").WithSummary("What the server is set to, and by what; passwords and keys are masked.");

        routes.MapGet("/api/status", (StatusDesk desk, CancellationToken cancellation) => desk.ReadAsync(cancellation)).WithTags("Server")
            .WithSummary("How the server is doing: machine, database, nodes, queues, models, stalled work. Takes seconds; /health only says whether it is up.");

        routes.MapPost("/api/server/stop", (IHostApplicationLifetime lifetime) =>
        {
            lifetime.StopApplication();
            return Results.Accepted();
        }).WithTags("Server").WithSummary("Stops the server: what runs is taken up again at the next start.");
    }
}

/// <summary>The state of a server.</summary>
internal sealed record Health(string Status, string Version);
