using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentOS.Activities.Models;

/// <summary>
/// Takes a model's arguments as they were meant: numbers written as text, an array written as a JSON string, <c>fromLine</c> for <c>from_line</c>.
/// What cannot be meant is told, with what the tool wants.
/// </summary>
internal static class ToolBinder
{
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The arguments by the schema's names, or the problem.</summary>
    public static (JsonObject? Arguments, string? Problem) Bind(JsonElement schema, JsonObject given)
    {
        var problems = new List<string>();
        var bound = BindObject(schema, given, "", problems);
        return problems.Count == 0 ? (bound, null) : (null, string.Join(" ", problems));
    }

    private static JsonObject BindObject(JsonElement schema, JsonObject given, string path, List<string> problems)
    {
        if (!TryGet(schema, "properties", out var properties)) return (JsonObject)given.DeepClone();
        var required = TryGet(schema, "required", out var names) ? names.EnumerateArray().Select(n => n.GetString()).ToHashSet() : [];
        var bound = new JsonObject();
        foreach (var property in properties.EnumerateObject())
        {
            var value = Find(given, property.Name);
            if (value is null)
            {
                if (required.Contains(property.Name)) problems.Add($"'{path}{property.Name}' ({Describe(property.Value)}) is missing.");
                continue;
            }
            bound[property.Name] = Coerce(property.Value, value, path + property.Name, problems);
        }
        return bound;
    }

    private static JsonNode? Coerce(JsonElement schema, JsonNode value, string path, List<string> problems)
    {
        var types = Types(schema);
        var coerced = types.Count == 0 ? value.DeepClone() : types.Select(type => As(type, schema, value, path, problems)).FirstOrDefault(v => v is not null);
        if (coerced is null)
        {
            problems.Add($"'{path}' must be {Describe(schema)}, not {Shown(value)}.");
            return null;
        }
        if (TryGet(schema, "enum", out var choices) && coerced is JsonValue && coerced.GetValueKind() == JsonValueKind.String)
        {
            var text = coerced.GetValue<string>();
            var match = choices.EnumerateArray().Select(c => c.ToString()).FirstOrDefault(c => string.Equals(c, text, StringComparison.OrdinalIgnoreCase));
            if (match is null) problems.Add($"'{path}' must be one of {string.Join(", ", choices.EnumerateArray())}, not {Shown(value)}.");
            else if (match != text) return match;
        }
        return coerced;
    }

    private static JsonNode? As(string type, JsonElement schema, JsonNode value, string path, List<string> problems)
    {
        var kind = value.GetValueKind();
        var text = kind == JsonValueKind.String ? value.GetValue<string>() : null;
        return type switch
        {
            // A whole package.json given as an object is what should be written.
            "string" => text is not null ? value.DeepClone() : kind is JsonValueKind.Object or JsonValueKind.Array ? value.ToJsonString(Readable) : value.ToJsonString(),
            "integer" => Number(value, text) is { } n && decimal.Truncate(n) == n && n is >= long.MinValue and <= long.MaxValue ? JsonValue.Create((long)n) : null,
            "number" => Number(value, text) is { } n ? JsonValue.Create(n) : null,
            "boolean" => kind is JsonValueKind.True or JsonValueKind.False ? value.DeepClone()
                : (text ?? value.ToJsonString()).Trim().ToLowerInvariant() switch { "true" or "yes" or "1" => true, "false" or "no" or "0" => false, _ => null },
            "array" => Array(schema, value, text, path, problems),
            "object" => (value as JsonObject ?? Parse(text) as JsonObject) is { } map ? BindObject(schema, map, path + ".", problems) : null,
            _ => null,
        };
    }

    private static JsonArray? Array(JsonElement schema, JsonNode value, string? text, string path, List<string> problems)
    {
        var items = value as JsonArray ?? Parse(text) as JsonArray ?? [value.DeepClone()];
        if (!TryGet(schema, "items", out var item)) return (JsonArray)items.DeepClone();
        return [.. items.Where(i => i is not null).Select((i, index) => Coerce(item, i!, $"{path}[{index}]", problems))];
    }

    private static decimal? Number(JsonNode value, string? text) =>
        decimal.TryParse(text?.Trim() ?? (value.GetValueKind() == JsonValueKind.Number ? value.ToJsonString() : ""), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static JsonNode? Parse(string? text)
    {
        if (text is null || text.Trim() is not ['[' or '{', ..]) return null;
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The value of that name, also when the model wrote the name in another style. A null counts as not given.</summary>
    private static JsonNode? Find(JsonObject given, string name) => given[name]
        ?? given.FirstOrDefault(p => string.Equals(Plain(p.Key), Plain(name), StringComparison.OrdinalIgnoreCase)).Value;

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);

    private static List<string> Types(JsonElement schema)
    {
        if (!TryGet(schema, "type", out var type)) return [];
        return type.ValueKind == JsonValueKind.String ? [type.GetString()!] : [.. type.EnumerateArray().Select(t => t.GetString()!).Where(t => t != "null")];
    }

    private static string Describe(JsonElement schema) => Types(schema) is { Count: > 0 } types ? string.Join(" or ", types) : "any value";

    private static string Shown(JsonNode value) => value.ToJsonString() is { Length: > 60 } text ? text[..60] + "…" : value.ToJsonString();

    // A schema may also be the plain 'true'.
    private static bool TryGet(JsonElement schema, string name, out JsonElement value)
    {
        value = default;
        return schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(name, out value);
    }
}
