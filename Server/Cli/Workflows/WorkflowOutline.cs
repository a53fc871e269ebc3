using System.Text.Json;

namespace AgentOS.Server.Cli.Workflows;

/// <summary>A definition as people compare it: its activities by id, its connections, and its names.</summary>
internal sealed record WorkflowOutline(IReadOnlyList<OutlinedActivity> Activities, IReadOnlyList<(string Source, string Port, string Target)> Connections, IReadOnlyDictionary<string, string> Rest)
{
    private static readonly string[] Own = ["name", "description", "variables", "inputs", "outputs", "outcomes", "options"];

    // Where an activity is drawn, and what is inside it and listed itself, is no change of it.
    private static readonly HashSet<string> Left = new(StringComparer.Ordinal) { "activities", "connections", "metadata", "nodeId" };

    public static WorkflowOutline Of(JsonElement definition)
    {
        List<OutlinedActivity> activities = [];
        List<(string, string, string)> connections = [];
        if (definition.TryGetProperty("root", out var root)) Walk(root, activities, connections);
        return new([.. activities.DistinctBy(activity => activity.Id)], connections, Own.ToDictionary(name => name, name => definition.TryGetProperty(name, out var value) ? Canonical(value) : ""));
    }

    public IEnumerable<string> From(string activity) => Connections.Where(each => each.Source == activity).Select(each => each.Port == "Done" ? each.Target : $"{each.Port} → {each.Target}");

    /// <summary>What another version has that this one has not, in words.</summary>
    public IEnumerable<string> ChangesTo(WorkflowOutline other)
    {
        foreach (var name in Own)
            if (Rest[name] != other.Rest[name]) yield return $"{name} changed";
        var (before, after) = (Activities.ToDictionary(each => each.Id), other.Activities.ToDictionary(each => each.Id));
        foreach (var (id, activity) in after)
            if (!before.TryGetValue(id, out var old)) yield return $"+ activity {id} ({activity.Type})";
            else if (old != activity) yield return $"~ activity {id} ({activity.Type})";
        foreach (var (id, activity) in before)
            if (!after.ContainsKey(id)) yield return $"- activity {id} ({activity.Type})";
        foreach (var (source, port, target) in other.Connections.Except(Connections)) yield return $"+ connection {source}, {port} → {target}";
        foreach (var (source, port, target) in Connections.Except(other.Connections)) yield return $"- connection {source}, {port} → {target}";
    }

    private static void Walk(JsonElement json, List<OutlinedActivity> activities, List<(string, string, string)> connections)
    {
        if (json.ValueKind == JsonValueKind.Array)
            foreach (var item in json.EnumerateArray()) Walk(item, activities, connections);
        if (json.ValueKind != JsonValueKind.Object) return;
        if (WorkflowApi.Text(json, "type") is { Length: > 0 } type && WorkflowApi.Text(json, "id") is { Length: > 0 } id)
        {
            activities.Add(new(id, type, string.Join(',', json.EnumerateObject().Where(each => !Left.Contains(each.Name) && Canonical(each.Value).Length > 0).OrderBy(each => each.Name, StringComparer.Ordinal).Select(each => $"{each.Name}:{Canonical(each.Value)}"))));
            if (json.TryGetProperty("connections", out var list) && list.ValueKind == JsonValueKind.Array)
                foreach (var connection in list.EnumerateArray())
                    connections.Add((End(connection, "source", "activity") ?? "?", End(connection, "source", "port") ?? "Done", End(connection, "target", "activity") ?? "?"));
        }
        foreach (var property in json.EnumerateObject())
            if (property.Name is not ("metadata" or "customProperties" or "expression")) Walk(property.Value, activities, connections);
    }

    private static string? End(JsonElement connection, string end, string part)
    {
        if (connection.ValueKind != JsonValueKind.Object || !connection.TryGetProperty(end, out var value)) return null;
        return value.ValueKind == JsonValueKind.Object ? WorkflowApi.Text(value, part) : part == "activity" ? value.ToString() : WorkflowApi.Text(connection, end + "Port");
    }

    // The same however it was laid out, and whatever order it was written in; nothing where nothing is said.
    private static string Canonical(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().Where(each => each.Name != "nodeId" && Canonical(each.Value).Length > 0).OrderBy(each => each.Name, StringComparer.Ordinal).Select(each => $"{each.Name}:{Canonical(each.Value)}").ToList() is { Count: > 0 } some ? $"{{{string.Join(',', some)}}}" : "",
        JsonValueKind.Array => value.GetArrayLength() == 0 ? "" : $"[{string.Join(',', value.EnumerateArray().Select(Canonical))}]",
        JsonValueKind.Null or JsonValueKind.Undefined or JsonValueKind.False => "",
        _ => value.GetRawText(),
    };
}

/// <summary>An activity: its id and type, and all that is set of it.</summary>
internal sealed record OutlinedActivity(string Id, string Type, string Settings);
