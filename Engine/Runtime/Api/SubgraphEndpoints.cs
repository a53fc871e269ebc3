using System.Text.Json;
using System.Text.Json.Nodes;
using AgentOS.Engine.Runtime.Definitions;
using AgentOS.Engine.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>Parts of a definition version, by the ids on the way to them: how the designer opens what lies deep.</summary>
internal static class SubgraphEndpoints
{
    private const string WorkflowType = "Elsa.Workflow";

    /// <param name="NodeId">The ids on the way to it.</param>
    /// <param name="Port">The property of its container that holds it.</param>
    /// <param name="Activity">Its JSON.</param>
    private sealed record Part(string NodeId, string Port, JsonObject Activity)
    {
        public string? Text(string name) => Activity[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
    }

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/workflow-definitions/subgraph/{id}", async (string id, string? parentNodeId, DefinitionStore store, WorkflowNodes nodes, CancellationToken cancellation) =>
            await store.FindVersionAsync(id, cancellation) is { } row && await WayAsync(row, parentNodeId is { Length: > 0 } ? parentNodeId : nodes.Of(row), store, nodes, cancellation) is [.., var part] ? Json(Shown(part)) : ApiResults.NotFound);
        api.MapGet("/workflow-definitions/subgraph/segments/{id}", async (string id, string? childNodeId, DefinitionStore store, WorkflowNodes nodes, CancellationToken cancellation) =>
            await store.FindVersionAsync(id, cancellation) is { } row && await WayAsync(row, childNodeId ?? "", store, nodes, cancellation) is { Count: > 1 } way ? Segments(way) : ApiResults.NotFound);
    }

    private static IResult Segments(IReadOnlyList<Part> way)
    {
        var segments = new JsonArray();
        for (var i = 1; i < way.Count; i++)
        {
            // What a workflow or a container holds is on the same canvas: no step down. What an activity holds that is a workflow is.
            if (way[i].Port is "Activities" || (way[i].Port is "Root" && way[i - 1].Text("type") == WorkflowType)) continue;
            segments.Add(new JsonObject
            {
                ["activityNodeId"] = way[i - 1].NodeId, ["activityId"] = way[i - 1].Text("id"), ["activityType"] = way[i - 1].Text("type"), ["portName"] = way[i].Port, ["activityName"] = way[i - 1].Text("name")
            });
        }
        return Json(new JsonObject { ["childNode"] = Shown(way[^1]), ["container"] = Shown(way[^2]), ["pathSegments"] = segments });
    }

    private static JsonObject Shown(Part part) => new() { ["nodeId"] = part.NodeId, ["port"] = part.Port, ["activity"] = part.Activity.DeepClone() };

    private static IResult Json(JsonObject value) => ApiResults.Json(writer => value.WriteTo(writer, EngineJson.Options));

    // From the workflow down to the activity with that node id; empty when there is none.
    private static async Task<List<Part>> WayAsync(DefinitionRow row, string nodeId, DefinitionStore store, WorkflowNodes nodes, CancellationToken cancellation)
    {
        var way = new List<Part> { new(nodes.Of(row), "Root", Workflow(row, nodes, nodes.Of(row))) };
        while (way[^1].NodeId != nodeId)
        {
            if (!nodeId.StartsWith(way[^1].NodeId + ":", StringComparison.Ordinal)) return [];
            if (Children(way[^1].Activity).FirstOrDefault(child => nodeId == child.NodeId || nodeId.StartsWith(child.NodeId + ":", StringComparison.Ordinal)) is not { } next) return [];
            // An activity that is a workflow holds it.
            if (next.Text("type") is { } type && nodes.Composite(type, next.Activity["version"] is JsonValue version && version.TryGetValue<int>(out var number) ? number : 0) is { } composite
                && await store.FindVersionAsync(composite.VersionId, cancellation) is { } inner)
                next.Activity["root"] = Workflow(inner, nodes, $"{next.NodeId}:{nodes.Of(inner)}");
            way.Add(next);
        }
        return way;
    }

    private static IEnumerable<Part> Children(JsonObject activity)
    {
        foreach (var (name, value) in activity)
            foreach (var child in value is JsonArray list ? list.AsEnumerable() : [value])
            {
                if (child is not JsonObject map) continue;
                if (map["nodeId"] is JsonValue id && id.TryGetValue<string>(out var nodeId)) yield return new(nodeId, char.ToUpperInvariant(name[0]) + name[1..], map);
                // The cases of a Switch hold theirs one level down.
                else
                    foreach (var deeper in Children(map)) yield return deeper;
            }
    }

    private static JsonObject Workflow(DefinitionRow row, WorkflowNodes nodes, string nodeId)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { SkipValidation = true, MaxDepth = EngineJson.MaxDepth * 2 })) DefinitionWriter.WriteModel(writer, row, nodes, at: nodeId);
        var model = JsonNode.Parse(stream.ToArray(), documentOptions: new() { MaxDepth = EngineJson.MaxDepth * 2 })!.AsObject();
        var workflow = new JsonObject
        {
            ["identity"] = new JsonObject { ["definitionId"] = row.DefinitionId, ["version"] = row.Version, ["id"] = row.Id },
            ["publication"] = new JsonObject { ["isLatest"] = row.IsLatest, ["isPublished"] = row.IsPublished },
            ["workflowMetadata"] = new JsonObject { ["name"] = row.Name, ["description"] = row.Description, ["createdAt"] = new DateTimeOffset(row.CreatedAt, TimeSpan.Zero), ["toolVersion"] = model["toolVersion"]?.DeepClone() },
            ["definitionHandle"] = new JsonObject { ["definitionVersionId"] = row.Id },
            ["isReadonly"] = row.IsReadonly, ["isSystem"] = row.IsSystem, ["result"] = null,
            ["id"] = nodes.Of(row), ["nodeId"] = nodeId, ["name"] = null, ["type"] = WorkflowType, ["version"] = 1, ["metadata"] = new JsonObject()
        };
        foreach (var name in (string[])["inputs", "outputs", "outcomes", "variables", "options", "customProperties", "root"]) workflow[name] = model[name]?.DeepClone();
        return workflow;
    }
}
