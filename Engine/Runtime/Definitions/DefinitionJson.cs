using AgentOS.Engine.Definitions;
using AgentOS.Engine.Execution;
using System.Text.Json;

namespace AgentOS.Engine.Runtime.Definitions;

/// <summary>Between the API's definition model and rows.</summary>
internal sealed class DefinitionJson
{
    // What the rows say is not stored a second time.
    private static readonly string[] InColumns = ["id", "definitionId", "createdAt", "version", "isLatest", "isPublished", "links", "tenantId"];

    // What is kept is read in many places: none of them has to expect more.
    private static readonly JsonSerializerOptions Depth = new() { MaxDepth = 64 };

    /// <exception cref="InvalidDefinitionException">With what is wrong.</exception>
    public DefinitionDraft Draft(JsonElement model)
    {
        if (model.ValueKind != JsonValueKind.Object) throw new InvalidDefinitionException("A workflow definition is a JSON object.");
        if (model.TryGetProperty("root", out var root) && root.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null)) throw new InvalidDefinitionException("'root' must be an activity, that is an object with a 'type'.");
        var stored = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in model.EnumerateObject())
            if (property.Value.ValueKind != JsonValueKind.Null && !InColumns.Contains(property.Name)) stored[property.Name] = property.Value;
        var usable = model.TryGetProperty("options", out var options) && options.ValueKind == JsonValueKind.Object && options.TryGetProperty("usableAsActivity", out var flag) && flag.ValueKind == JsonValueKind.True;
        return new(Text(model, "definitionId"), Text(model, "name"), Text(model, "description"), Flag(model, "isReadonly"), Flag(model, "isSystem"), usable ? true : null, Stored(stored));
    }

    private static string Stored(Dictionary<string, JsonElement> model)
    {
        try
        {
            return JsonSerializer.Serialize(model, Depth);
        }
        catch (JsonException)
        {
            throw new InvalidDefinitionException($"It is nested deeper than {Depth.MaxDepth} levels.");
        }
    }

    private static bool Flag(JsonElement model, string name) => model.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static string? Text(JsonElement model, string name)
    {
        if (!model.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind != JsonValueKind.String) throw new InvalidDefinitionException($"'{name}' must be text.");
        var text = value.GetString()!;
        if (text.Contains('\0', StringComparison.Ordinal)) throw new InvalidDefinitionException($"'{name}' contains the character U+0000.");
        if (name == "definitionId" && text.Length > IdLength.Longest) throw new InvalidDefinitionException($"'{name}' is longer than {IdLength.Longest} characters.");
        return text.Length == 0 && name == "definitionId" ? null : text;
    }
}
