using System.Text.Json;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>
/// Activities of a stored definition, with the <c>nodeId</c> of each: the ids on the way to it. Studio's designer and inspector know
/// activities by it alone, and definitions that people write do not have it.
/// </summary>
internal static class ActivityJson
{
    private const string WorkflowNode = "Workflow1";

    public static void WriteRoot(Utf8JsonWriter writer, JsonElement root) => Write(writer, root, WorkflowNode);

    private static void Write(Utf8JsonWriter writer, JsonElement element, string parent)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                WriteMembers(writer, element, parent);
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray()) Write(writer, item, parent);
                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    private static void WriteMembers(Utf8JsonWriter writer, JsonElement element, string parent)
    {
        var id = IdOfActivity(element);
        var node = id is null ? parent : $"{parent}:{id}";
        foreach (var member in element.EnumerateObject())
        {
            if (id is not null && member.NameEquals("nodeId"u8)) continue;
            writer.WritePropertyName(member.Name);
            Write(writer, member.Value, node);
            if (id is not null && member.NameEquals("id"u8)) writer.WriteString("nodeId"u8, node);
        }
    }

    // Variables have an id too, but a type name instead of a type; expressions have a type, but no id.
    private static string? IdOfActivity(JsonElement element) =>
        element.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String && !element.TryGetProperty("typeName", out _)
        && element.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
            ? id.GetString()
            : null;
}
