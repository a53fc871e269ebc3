using System.Text.Json.Nodes;

namespace AgentOS.Engine.Tests.Api;

/// <summary>What the ids in the recordings stand for, and the definitions that they show.</summary>
internal sealed class RecordedThings
{
    public Dictionary<string, (string Definition, int Version)> Versions { get; } = [];
    public Dictionary<string, string> Instances { get; } = [];
    public Dictionary<string, (string Instance, string Node)> Executions { get; } = [];
    public Dictionary<string, JsonObject> Models { get; } = [];

    public RecordedThings()
    {
        foreach (var request in RecordedRequest.Scenarios.SelectMany(RecordedRequest.Read))
        {
            Learn(request.Response);
            if (request.Status < 400) Learn(request.Body);
        }
    }

    private void Learn(JsonNode? node)
    {
        if (node is JsonArray list)
            foreach (var item in list) Learn(item);
        if (node is not JsonObject map) return;
        LearnObject(map);
        foreach (var (name, value) in map)
            if (name != "root") Learn(value);
    }

    private void LearnObject(JsonObject map)
    {
        var (id, definition) = (Text(map, "id"), Text(map, "definitionId"));
        if (id is not null && definition is not null && Text(map, "definitionVersionId") is not null) Instances[id] = definition;
        else if (id is not null && definition is not null && map["version"] is JsonValue version) Versions[id] = (definition, (int)version);
        else if (id is not null && Text(map, "workflowInstanceId") is { } instance && Text(map, "activityNodeId") is { } node) Executions[id] = (instance, node);
        if (definition is not null && map["root"] is JsonObject) Models[definition] = map;
    }

    private static string? Text(JsonObject map, string name) => map[name] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;
}
