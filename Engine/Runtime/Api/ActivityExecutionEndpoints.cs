using System.Text.Json;
using AgentOS.Engine.Execution;
using AgentOS.Engine.Runtime.Instances;
using AgentOS.Engine.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>/activity-executions: what each activity did.</summary>
internal static class ActivityExecutionEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/activity-executions/list", async (HttpContext http, InstanceStore store) => List(await FindAsync(http, store), WriteRecord));
        api.MapGet("/activity-execution-summaries/list", async (HttpContext http, InstanceStore store) => List(await FindAsync(http, store), WriteSummary));
        api.MapGet("/activity-executions/count", async (HttpContext http, InstanceStore store) => ApiResults.Count("count", (await FindAsync(http, store)).Count));
        api.MapGet("/activity-executions/by-id", async (string? id, InstanceStore store) => Answer(await OneAsync(id, store)));
        api.MapGet("/activity-executions/{id}", async (string id, InstanceStore store) => Answer(await OneAsync(id, store)));
        api.MapGet("/activity-executions/{id}/call-stack", CallStackAsync);
        api.MapPost("/activity-executions/report", ReportAsync);
        api.MapGet("/resilience/retries/{activityInstanceId}", RetriesAsync);
    }

    private static async Task<IReadOnlyList<ExecutionEntry>> FindAsync(HttpContext http, InstanceStore store)
    {
        var query = http.Request.Query;
        if (query["WorkflowInstanceId"].ToString() is not { Length: > 0 } instance) throw new BadRequestException("'WorkflowInstanceId' is missing.");
        var node = query["ActivityNodeId"].ToString();
        return await store.ExecutionsAsync(instance, node.Length > 0 ? node : null, completed: bool.TryParse(query["Completed"], out var completed) ? completed : null, cancellationToken: http.RequestAborted);
    }

    private static async Task<ExecutionEntry?> OneAsync(string? id, InstanceStore store) => id is { Length: > 0 } && await store.ExecutionsAsync(null, id: id) is [var entry, ..] ? entry : null;

    private static IResult Answer(ExecutionEntry? entry) => entry is null ? ApiResults.NotFound : ApiResults.Json(writer => WriteRecord(writer, entry));

    private static IResult List(IReadOnlyList<ExecutionEntry> entries, Action<Utf8JsonWriter, ExecutionEntry> write) => ApiResults.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        foreach (var entry in entries) write(writer, entry);
        writer.WriteEndArray();
        writer.WriteNumber("count"u8, entries.Count);
        writer.WriteEndObject();
    });

    private static async Task<IResult> CallStackAsync(string id, bool? includeCrossWorkflowChain, InstanceStore store)
    {
        var chain = new List<ExecutionEntry>();
        for (var next = id; next is not null && chain.Count < 1000;)
        {
            if (await OneAsync(next, store) is not { } entry || chain.Any(x => x.Id == entry.Id)) break;
            if (chain.Count > 0 && entry.InstanceId != chain[0].InstanceId && includeCrossWorkflowChain != true) break;
            chain.Add(entry);
            next = entry.ScheduledBy;
        }
        chain.Reverse();
        return ApiResults.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("activityExecutionId"u8, id);
            writer.WriteStartArray("items"u8);
            foreach (var entry in chain) WriteRecord(writer, entry);
            writer.WriteEndArray();
            writer.WriteNumber("totalCount"u8, chain.Count);
            writer.WriteEndObject();
        });
    }

    // In the order in which they were made. Of an execution that nobody knows there are none, as Elsa has it.
    private static async Task<IResult> RetriesAsync(string activityInstanceId, HttpContext http, InstanceStore store)
    {
        var attempts = await OneAsync(activityInstanceId, store) is { HasRetries: true } entry ? Attempts(entry) : [];
        var skip = Math.Max(0, DefinitionEndpoints.Number(http.Request.Query["skip"]) ?? 0);
        var take = Math.Max(0, DefinitionEndpoints.Number(http.Request.Query["take"]) ?? attempts.Count);
        return ApiResults.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("items"u8);
            foreach (var attempt in attempts.Skip(skip).Take(take)) attempt.WriteTo(writer);
            writer.WriteEndArray();
            writer.WriteNumber("totalCount"u8, attempts.Count);
            writer.WriteStartArray("links"u8);
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    private static List<JsonElement> Attempts(ExecutionEntry entry) =>
        JsonElement.Parse(entry.Detail, new() { MaxDepth = EngineJson.MaxDepth * 2 }).GetProperty("properties").TryGetProperty(RetryAttempts.Property, out var attempts) ? [.. attempts.EnumerateArray()] : [];

    private static async Task<IResult> ReportAsync(HttpContext http, InstanceStore store)
    {
        var request = await ApiRequest.ReadAsync(http);
        var stats = await store.StatsAsync(request.Text("workflowInstanceId") ?? "", request.Texts("activityNodeIds") ?? [], http.RequestAborted);
        return ApiResults.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("stats"u8);
            foreach (var item in stats)
            {
                writer.WriteStartObject();
                writer.WriteString("activityId"u8, item.ActivityId);
                writer.WriteString("activityNodeId"u8, item.NodeId);
                writer.WriteNumber("startedCount"u8, item.Started);
                writer.WriteNumber("completedCount"u8, item.Completed);
                writer.WriteNumber("uncompletedCount"u8, item.Uncompleted);
                writer.WriteBoolean("isBlocked"u8, item.IsBlocked);
                writer.WriteBoolean("isFaulted"u8, item.IsFaulted);
                writer.WriteNumber("aggregateFaultCount"u8, item.Faults);
                WriteMetadata(writer, item.HasRetries);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    private static void WriteRecord(Utf8JsonWriter writer, ExecutionEntry entry)
    {
        writer.WriteStartObject();
        WriteActivity(writer, entry);
        writer.WriteProperties(entry.Detail);
        WriteCourse(writer, entry);
        writer.WriteNumber("aggregateFaultCount"u8, entry.FaultCount);
        writer.WriteTime("completedAt"u8, entry.CompletedAt);
        writer.WriteText("schedulingActivityExecutionId"u8, entry.ScheduledBy);
        writer.WriteText("schedulingActivityId"u8, entry.ScheduledByActivity);
        writer.WriteText("schedulingWorkflowInstanceId"u8, entry.ScheduledByInstance);
        if (entry.CallStackDepth is { } depth) writer.WriteNumber("callStackDepth"u8, depth);
        writer.WriteString("id"u8, entry.Id);
        writer.WriteString("tenantId"u8, ""u8);
        writer.WriteEndObject();
    }

    private static void WriteSummary(Utf8JsonWriter writer, ExecutionEntry entry)
    {
        writer.WriteStartObject();
        WriteActivity(writer, entry);
        WriteCourse(writer, entry);
        WriteMetadata(writer, entry.HasRetries);
        writer.WriteNumber("aggregateFaultCount"u8, entry.FaultCount);
        writer.WriteTime("completedAt"u8, entry.CompletedAt);
        writer.WriteString("id"u8, entry.Id);
        writer.WriteEndObject();
    }

    private static void WriteActivity(Utf8JsonWriter writer, ExecutionEntry entry)
    {
        writer.WriteString("workflowInstanceId"u8, entry.InstanceId);
        writer.WriteString("activityId"u8, entry.ActivityId);
        writer.WriteString("activityNodeId"u8, entry.NodeId);
        writer.WriteString("activityType"u8, entry.ActivityType);
        writer.WriteNumber("activityTypeVersion"u8, entry.ActivityVersion);
        writer.WriteText("activityName"u8, entry.ActivityName);
    }

    private static void WriteCourse(Utf8JsonWriter writer, ExecutionEntry entry)
    {
        writer.WriteTime("startedAt"u8, entry.StartedAt);
        writer.WriteBoolean("hasBookmarks"u8, entry.HasBookmarks);
        writer.WriteString("status"u8, entry.Status);
    }

    private static void WriteMetadata(Utf8JsonWriter writer, bool hasRetries)
    {
        writer.WriteStartObject("metadata"u8);
        RetryAttempts.Write(writer, hasRetries);
        writer.WriteString("_type"u8, "ObjectMap"u8);
        writer.WriteEndObject();
    }
}
