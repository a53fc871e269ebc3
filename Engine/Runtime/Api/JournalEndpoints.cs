using System.Text.Json;
using AgentOS.Engine.Runtime.Instances;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>The journal of an instance.</summary>
internal static class JournalEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/workflow-instances/{id}/journal", async (string id, HttpContext http, InstanceStore store) => await ListAsync(id, new(), http, store));
        api.MapPost("/workflow-instances/{id}/journal", async (string id, HttpContext http, InstanceStore store) => await ListAsync(id, Filter(await ApiRequest.ReadAsync(http)), http, store));
        api.MapGet("/workflow-instances/{id}/journal/{activityId}", LastAsync);
    }

    private static async Task<IResult> ListAsync(string id, JournalFilter filter, HttpContext http, InstanceStore store)
    {
        var take = Math.Clamp(DefinitionEndpoints.Number(http.Request.Query["take"]) ?? DefinitionEndpoints.Number(http.Request.Query["pageSize"]) ?? 100, 0, 10_000);
        var skip = Math.Max(0, DefinitionEndpoints.Number(http.Request.Query["skip"]) ?? DefinitionEndpoints.Skip(DefinitionEndpoints.Number(http.Request.Query["page"]), take));
        var (items, total) = await store.JournalAsync(id, filter, skip, take, cancellationToken: http.RequestAborted);
        return ApiResults.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("items"u8);
            foreach (var entry in items)
            {
                writer.WriteStartObject();
                writer.WriteString("id"u8, Id(entry));
                WriteActivity(writer, entry);
                writer.WriteString("nodeId"u8, entry.NodeId);
                WriteEvent(writer, entry);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteNumber("totalCount"u8, total);
            writer.WriteEndObject();
        });
    }

    private static async Task<IResult> LastAsync(string id, string activityId, InstanceStore store)
    {
        var (items, _) = await store.JournalAsync(id, new(ActivityIds: [activityId]), 0, 1, newestFirst: true);
        if (items.Count == 0 || await store.FindAsync(id) is not var (summary, _)) return ApiResults.NotFound;
        return ApiResults.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("workflowDefinitionId"u8, summary.DefinitionId);
            writer.WriteString("workflowDefinitionVersionId"u8, summary.DefinitionVersionId);
            writer.WriteString("workflowInstanceId"u8, summary.Id);
            writer.WriteNumber("workflowVersion"u8, summary.Version);
            WriteActivity(writer, items[0]);
            writer.WriteString("activityNodeId"u8, items[0].NodeId);
            WriteEvent(writer, items[0]);
            writer.WriteString("id"u8, Id(items[0]));
            writer.WriteEndObject();
        });
    }

    // The table needs none of its own.
    private static string Id(JournalEntry entry) => $"{entry.InstanceId}{entry.Sequence:x}";

    private static void WriteActivity(Utf8JsonWriter writer, JournalEntry entry)
    {
        writer.WriteString("activityInstanceId"u8, entry.ExecutionId);
        writer.WriteText("parentActivityInstanceId"u8, entry.ParentExecutionId);
        writer.WriteString("activityId"u8, entry.ActivityId);
        writer.WriteString("activityType"u8, entry.ActivityType);
        writer.WriteNumber("activityTypeVersion"u8, entry.ActivityVersion);
        writer.WriteText("activityName"u8, entry.ActivityName);
    }

    private static void WriteEvent(Utf8JsonWriter writer, JournalEntry entry)
    {
        writer.WriteTime("timestamp"u8, entry.At);
        writer.WriteNumber("sequence"u8, entry.Sequence);
        writer.WriteString("eventName"u8, entry.EventName);
        writer.WriteProperties(entry.Detail);
    }

    private static JournalFilter Filter(ApiRequest request)
    {
        var filter = request.Element("filter") is { ValueKind: JsonValueKind.Object } given ? new ApiRequest(given) : request;
        return new(filter.Texts("activityIds"), filter.Texts("activityNodeIds"), filter.Texts("excludedActivityTypes"), filter.Texts("eventNames"));
    }
}
