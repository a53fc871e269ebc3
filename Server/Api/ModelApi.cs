using System.Text.Json.Serialization;
using AgentOS.Activities.Models;
using AgentOS.Kernel.ModelCalls;

namespace AgentOS.Server.Api;

internal static class ModelApi
{
    public static void MapModelApi(this IEndpointRouteBuilder routes)
    {
        var models = routes.MapGroup("/api/models").WithTags("Models");
        models.MapGet("/", (ReadModels read) => read()).WithSummary("Providers, models, prices and roles as llm.yaml has them; of keys only whether they are there.");
        models.MapPost("/ping", async (ModelConfigurationFile file, TimeProvider time, CancellationToken cancellation) =>
            {
                var problems = await ModelProbe.CheckAsync(file.Current, time, cancellation);
                return new ModelsPinged(problems.Count == 0, problems);
            })
            .WithSummary("Asks each provider that a role uses whether it is there and takes its key. Costs nothing.");
        models.MapPost("/try", (TryModel body, PingModel ping, CancellationToken cancellation) => ping(InputException.Text(body.Model, "model", 400), cancellation))
            .WithSummary("Asks one model one tiny question, and says how long the answer took or why there is none.");
    }
}

internal sealed record ModelsPinged(bool Ok, IReadOnlyList<string> Problems);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record TryModel(string? Model);
