using System.Text.Json;

namespace AgentOS.Engine.Definitions;

/// <summary>An activity where it stands in the JSON.</summary>
internal sealed record ActivityOutline(string Id, string Type, JsonElement Json)
{
    private const int MaxDepth = 200;

    // What these hold is a person's, or the engine's: no activities.
    private static readonly HashSet<string> Others = new(StringComparer.OrdinalIgnoreCase) { "metadata", "customProperties", "syntheticProperties", "variables", "expression", "condition" };

    /// <summary>This activity and all inside it, from the outside in.</summary>
    public static IReadOnlyList<ActivityOutline> Read(JsonElement root)
    {
        List<ActivityOutline> found = [];
        Walk(root, found, 0);
        return found;
    }

    public bool CanStart => Json.Flag("canStartWorkflow") || (Json.TryGetProperty("customProperties", out var custom) && custom.ValueKind == JsonValueKind.Object && custom.Flag("canStartWorkflow"));

    /// <summary>A property of the activity; null where it is not given.</summary>
    public JsonElement? Find(string name)
    {
        foreach (var property in Json.EnumerateObject())
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return property.Value.ValueKind == JsonValueKind.Null ? null : property.Value;
        return null;
    }

    private static void Walk(JsonElement json, List<ActivityOutline> found, int depth)
    {
        if (depth > MaxDepth) return;
        if (json.ValueKind == JsonValueKind.Array)
            foreach (var item in json.EnumerateArray()) Walk(item, found, depth + 1);
        if (json.ValueKind != JsonValueKind.Object) return;
        if (IsActivity(json) || depth == 0) found.Add(new(json.Text("id") ?? "", json.Text("type") ?? "", json));
        foreach (var property in json.EnumerateObject())
            if (!Others.Contains(property.Name)) Walk(property.Value, found, depth + 1);
    }

    // An expression has a type too, but no id; a reference to an activity has an id, but no type.
    private static bool IsActivity(JsonElement json) => json.Text("type") is { Length: > 0 } && json.TryGetProperty("id", out _);
}

/// <summary>The names that values and scripts may use.</summary>
internal sealed record DeclaredNames(HashSet<string> VariableIds, HashSet<string> VariableNames, HashSet<string> Inputs, HashSet<string> Outputs)
{
    public static DeclaredNames Of(JsonElement model, IReadOnlyList<ActivityOutline> activities)
    {
        var names = new DeclaredNames([], [], Texts(model, "inputs", "name"), Texts(model, "outputs", "name"));
        foreach (var owner in (IEnumerable<JsonElement>)[model, .. activities.Select(each => each.Json)])
        {
            names.VariableIds.UnionWith(Texts(owner, "variables", "id"));
            names.VariableNames.UnionWith(Texts(owner, "variables", "name"));
        }
        // What loops say of their round.
        if (activities.Any(each => each.Type is "Elsa.ForEach" or "Elsa.For" or "Elsa.ParallelForEach")) names.VariableNames.UnionWith(["CurrentValue", "CurrentIndex"]);
        // Who has no id is known by name.
        names.VariableIds.UnionWith(names.VariableNames);
        return names;
    }

    private static HashSet<string> Texts(JsonElement owner, string list, string name) =>
        owner.TryGetProperty(list, out var items) && items.ValueKind == JsonValueKind.Array
            ? [.. items.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object).Select(item => item.Text(name)).OfType<string>().Where(text => text.Length > 0)]
            : [];
}
