using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentOS.Engine.Tests.Semantics.Corpus;

/// <summary>What is seen of one instance over HTTP, reduced to what a case says of it.</summary>
internal static class InstanceView
{
    public static async Task<JsonObject> ReadAsync(CaseServer server, string id, Normal normal)
    {
        var found = await server.SendAsync("GET", "elsa/api/workflow-instances/" + id);
        if (found.Status != 200 || found.Json is not JsonObject instance) return new() { ["missing"] = found.Status };
        var state = instance["workflowState"] as JsonObject ?? [];
        var journal = await server.JournalAsync(id);
        var view = new JsonObject
        {
            ["status"] = instance["status"]?.DeepClone(),
            ["subStatus"] = instance["subStatus"]?.DeepClone(),
            ["version"] = instance["version"]?.DeepClone(),
            ["name"] = instance["name"]?.DeepClone(),
            ["correlationId"] = state["correlationId"]?.DeepClone(),
            ["incidents"] = new JsonArray([.. Objects(state["incidents"]).Select(each => Incident(each, normal))]),
            ["output"] = state["output"]?.DeepClone() ?? new JsonObject(),
            ["input"] = state["input"]?.DeepClone() ?? new JsonObject(),
            ["variables"] = Variables(await server.GetAsync($"elsa/api/workflow-instances/{id}/variables")),
            ["bookmarks"] = new JsonArray([.. Objects(state["bookmarks"]).Select(each => ((string?)each["activityId"], (string?)each["name"] ?? "")).Order().Select(each => new JsonArray(each.Item1, each.Item2))]),
            ["journal"] = new JsonArray([.. journal.Select(each => new JsonArray(each["activityId"]?.DeepClone(), each["eventName"]?.DeepClone()))]),
            ["executions"] = Executions(await server.GetAsync("elsa/api/activity-executions/list?WorkflowInstanceId=" + id), journal),
            ["parent"] = (instance["parentWorkflowInstanceId"] ?? state["parentWorkflowInstanceId"])?.DeepClone()
        };
        foreach (var name in view.Where(member => member.Value is null).Select(member => member.Key).ToList()) view.Remove(name);
        return view;
    }

    private static JsonObject Incident(JsonObject incident, Normal normal)
    {
        var exception = incident["exception"] as JsonObject ?? [];
        var inner = exception;
        while (inner["innerException"] is JsonObject next) inner = next;
        var result = new JsonObject
        {
            ["activityId"] = incident["activityId"]?.DeepClone(), ["activityType"] = incident["activityType"]?.DeepClone(), ["exception"] = TypeOf(exception), ["message"] = normal.Line((string?)incident["message"], 160)
        };
        if (inner != exception) result["cause"] = new JsonArray(TypeOf(inner), normal.Line((string?)inner["message"], 120));
        return result;
    }

    private static string TypeOf(JsonObject exception) => ((string?)exception["type"] ?? "").Split(',')[0].Split('.')[^1];

    private static JsonObject Variables(JsonNode? answer)
    {
        var variables = new JsonObject();
        foreach (var each in Objects(answer?["items"])) variables[((string?)each["name"] is { Length: > 0 } name ? name : (string?)each["id"])!] = each["value"]?.DeepClone();
        return variables;
    }

    private static JsonArray Executions(JsonNode? answer, List<JsonObject> journal)
    {
        var order = journal.Select((entry, index) => (Id: (string)entry["activityInstanceId"]!, Index: index)).GroupBy(each => each.Id).ToDictionary(each => each.Key, each => each.First().Index);
        return new([.. Objects(answer?["items"]).OrderBy(each => order.GetValueOrDefault((string)each["id"]!, int.MaxValue)).ThenBy(each => (string?)each["startedAt"], StringComparer.Ordinal).Select(Execution)]);
    }

    private static JsonObject Execution(JsonObject execution)
    {
        var result = new JsonObject { ["activityId"] = execution["activityId"]?.DeepClone(), ["type"] = execution["activityType"]?.DeepClone(), ["status"] = execution["status"]?.DeepClone() };
        var endpoint = (string?)execution["activityType"] == "Elsa.HttpEndpoint";
        if (execution["payload"]?["Outcomes"] is JsonArray { Count: > 0 } outcomes) result["outcomes"] = outcomes.DeepClone();
        var outputs = Kept(execution["outputs"], (name, value) => name != "_type" && !(value is JsonValue text && text.TryGetValue<string>(out var said) && said == "(not serializable)") && !(endpoint && name == "Headers"));
        if (outputs.Count > 0) result["outputs"] = outputs;
        // Echoes of the definition are no evaluated inputs.
        var state = Kept(execution["activityState"], (name, _) => name is not ("_type" or "Cases" or "Variable") && (!endpoint || name is "Path" or "SupportedMethods"));
        (state["Input"] as JsonObject)?.Remove("ParentInstanceId");
        if (state.Count > 0) result["state"] = state;
        if (execution["aggregateFaultCount"] is { } faults && faults.GetValueKind() == JsonValueKind.Number && (int)faults != 0) result["faults"] = (int)faults;
        return result;
    }

    private static JsonObject Kept(JsonNode? map, Func<string, JsonNode, bool> keep) =>
        new(((map as JsonObject) ?? []).Where(member => member.Value is not null && keep(member.Key, member.Value)).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));

    private static IEnumerable<JsonObject> Objects(JsonNode? list) => (list as JsonArray)?.OfType<JsonObject>() ?? [];
}
