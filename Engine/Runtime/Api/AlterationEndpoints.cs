using AgentOS.Engine.Runtime.Hosting;
using AgentOS.Engine.Runtime.Instances;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>/alterations: faulted activities that run again. Elsa's other alterations are not offered, so the feature is not listed as installed.</summary>
internal static class AlterationEndpoints
{
    public static void Map(RouteGroupBuilder api) => api.MapPost("/alterations/workflows/retry", RetryAsync);

    private static async Task<IResult> RetryAsync(HttpContext http, InstanceRetry retry, EngineOptions options, TimeProvider? time)
    {
        var request = await ApiRequest.ReadAsync(http);
        var activities = request.Texts("activityIds") is { Count: > 0 } some ? some : null;
        var ids = request.Each("workflowInstanceIds");
        if (ids.Count == 0) throw new BadRequestException("'workflowInstanceIds' names no instance.");
        var outcomes = new List<(string Id, RetryOutcome Outcome)>();
        foreach (var id in ids) outcomes.Add((id, options.Retry is { } own && await own(http.RequestServices, id, http.RequestAborted) is { } instead ? instead : await retry.RetryAsync(id, activities, http.RequestAborted)));
        var now = (time ?? TimeProvider.System).GetUtcNow();
        return ApiResults.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("results"u8);
            foreach (var (id, outcome) in outcomes)
            {
                writer.WriteStartObject();
                writer.WriteString("workflowInstanceId"u8, id);
                writer.WriteStartObject("log"u8);
                writer.WriteStartArray("logEntries"u8);
                foreach (var line in (outcome.Refusal ?? outcome.Instead) is { } sentence ? [sentence] : outcome.Retried.Select(activity => $"Activity '{activity}' runs again."))
                {
                    writer.WriteStartObject();
                    writer.WriteString("message"u8, line);
                    writer.WriteString("logLevel"u8, outcome.Refusal is null ? "Information"u8 : "Error"u8);
                    writer.WriteString("timestamp"u8, now);
                    writer.WriteEndObject();
                }
                writer.WriteEndArray();
                writer.WriteEndObject();
                writer.WriteBoolean("isSuccessful"u8, outcome.Refusal is null);
                writer.WriteBoolean("workflowHasScheduledWork"u8, outcome is { Refusal: null, Instead: null });
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }
}
