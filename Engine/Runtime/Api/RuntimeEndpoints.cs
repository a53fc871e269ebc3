using AgentOS.Engine.Runtime.Execution;
using AgentOS.Engine.Runtime.Hosting;
using AgentOS.Engine.Runtime.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>What this node is doing.</summary>
internal static class RuntimeEndpoints
{
    // What Elsa calls the places that work comes from.
    private static readonly string[] Sources = ["scheduling.trigger", "internal.bookmark-queue-worker", "http.trigger"];

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/admin/workflow-runtime/status", Status);
        // An event that nobody has waited for until it expires is dropped: nothing is set aside for a person.
        api.MapGet("/bookmark-queue/dead-letters", () => ApiResults.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("items"u8);
            writer.WriteEndArray();
            writer.WriteNumber("totalCount"u8, 0);
            writer.WriteEndObject();
        }));
    }

    private static IResult Status(EngineOptions options, Node node, RunningBursts running) => ApiResults.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartObject("state"u8);
        writer.WriteString("reason"u8, "None"u8);
        writer.WriteBoolean("isAcceptingNewWork"u8, options.RunWork);
        writer.WriteString("generationId"u8, node.Id);
        writer.WriteEndObject();
        writer.WriteStartArray("sources"u8);
        foreach (var source in Sources)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, source);
            writer.WriteString("state"u8, options.RunWork || source == "http.trigger" ? "Running"u8 : "Paused"u8);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteNumber("activeExecutionCycleCount"u8, running.Count);
        writer.WriteEndObject();
    });
}
