using System.Text.Json;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>
/// Activities of a stored definition, with the <c>nodeId</c> of each: the ids on the way to it. Studio's designer and inspector know
/// activities by it alone, and definitions that people write do not have it. Those that are workflows say which.
/// </summary>
internal static class ActivityJson
{
    private static readonly string[] OfComposites = ["workflowDefinitionId", "workflowDefinitionVersionId", "latestAvailablePublishedVersion", "latestAvailablePublishedVersionId"];

    /// <param name="writer">Where to.</param>
    /// <param name="root">The root activity.</param>
    /// <param name="workflow">The node id of its workflow.</param>
    /// <param name="nodes">What is a workflow among the activities.</param>
    public static void WriteRoot(Utf8JsonWriter writer, JsonElement root, string workflow, WorkflowNodes nodes) => Write(writer, root, workflow, nodes);

    private static void Write(Utf8JsonWriter writer, JsonElement element, string parent, WorkflowNodes nodes)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                WriteMembers(writer, element, parent, nodes);
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray()) Write(writer, item, parent, nodes);
                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    private static void WriteMembers(Utf8JsonWriter writer, JsonElement element, string parent, WorkflowNodes nodes)
    {
        var id = IdOfActivity(element);
        var node = id is null ? parent : $"{parent}:{id}";
        var composite = id is null ? null : nodes.Composite(element.GetProperty("type").GetString()!, element.TryGetProperty("version", out var version) && version.ValueKind == JsonValueKind.Number && version.TryGetInt32(out var number) ? number : 0);
        foreach (var member in element.EnumerateObject())
        {
            if (id is not null && (member.NameEquals("nodeId"u8) || (composite is not null && OfComposites.Contains(member.Name)))) continue;
            writer.WritePropertyName(member.Name);
            Write(writer, member.Value, node, nodes);
            if (id is not null && member.NameEquals("id"u8)) writer.WriteString("nodeId"u8, node);
        }
        if (composite is null) return;
        writer.WriteString(OfComposites[0], composite.DefinitionId);
        writer.WriteString(OfComposites[1], composite.VersionId);
        writer.WriteNumber(OfComposites[2], composite.LatestVersion);
        writer.WriteString(OfComposites[3], composite.LatestVersionId);
    }

    // Variables have an id too, but a type name instead of a type; expressions have a type, but no id.
    private static string? IdOfActivity(JsonElement element) =>
        element.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String && !element.TryGetProperty("typeName", out _)
        && element.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
            ? id.GetString()
            : null;
}
