using System.Text.Json;
using AgentOS.Engine.Runtime.Definitions;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>Definitions as the API shows them.</summary>
internal static class DefinitionWriter
{
    private static readonly (string Path, string Relation, string Method)[] Links =
    [
        ("/workflow-definitions/{0}", "self", "GET"), ("/workflow-definitions/by-definition-id/{0}", "self", "GET"), ("/workflow-definitions/{0}/versions", "versions", "GET"),
        ("/workflow-definitions/{0}/bulk-dispatch", "bulk-dispatch", "POST"), ("/workflow-definitions/{0}/dispatch", "dispatch", "POST"), ("/workflow-definitions/{0}/execute", "execute", "POST"),
        ("/workflow-definitions/{0}/export", "export", "POST"), ("/workflow-definitions/{0}/publish", "publish", "POST"), ("/workflow-definitions/{0}/retract", "retract", "POST"),
        ("/workflow-definitions/{0}", "delete", "DELETE"), ("/workflow-definitions/{0}/import", "import", "PUT"), ("/workflow-definitions/{0}/update-references", "update-references", "POST")
    ];

    private static readonly (string Path, string Relation, string Method)[] ListLinks =
    [
        ("/workflow-definitions", "self", "GET"), ("/workflow-definitions/validation/is-name-unique", "is-name-unique", "GET"), ("/workflow-definitions/query/count", "count", "GET"),
        ("/workflow-definitions/many-by-id", "many-by-id", "GET"), ("/bulk-actions/delete/workflow-definitions/by-definition-id", "bulk-delete-by-definition-id", "POST"),
        ("/bulk-actions/delete/workflow-definitions/by-id", "bulk-delete-by-id", "POST"), ("/bulk-actions/publish/workflow-definitions/by-definition-ids", "bulk-publish", "POST"),
        ("/bulk-actions/retract/workflow-definitions/by-definition-ids", "bulk-retract", "POST"), ("/workflow-definitions/import", "import", "POST"),
        ("/workflow-definitions/import-files", "import-files", "POST"), ("/workflow-definitions", "create", "POST")
    ];

    public static void WriteList(Utf8JsonWriter writer, IEnumerable<DefinitionRow> rows, long total)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        foreach (var row in rows) WriteSummary(writer, row, withLinks: true);
        writer.WriteEndArray();
        writer.WriteNumber("totalCount"u8, total);
        WriteLinks(writer, ListLinks, "");
        writer.WriteEndObject();
    }

    public static void WriteSummary(Utf8JsonWriter writer, DefinitionRow row, bool withLinks = false)
    {
        using var model = JsonDocument.Parse(row.Model);
        writer.WriteStartObject();
        if (withLinks)
        {
            WriteLinks(writer, Links, row.DefinitionId);
            writer.WriteBoolean("isMaterializerAvailable"u8, true);
        }
        writer.WriteString("id"u8, row.Id);
        writer.WriteString("definitionId"u8, row.DefinitionId);
        writer.WriteText("name"u8, row.Name);
        writer.WriteText("description"u8, row.Description);
        writer.WriteNumber("version"u8, row.Version);
        if (model.RootElement.TryGetProperty("toolVersion", out var tool) && tool.ValueKind == JsonValueKind.String) writer.WriteString("toolVersion"u8, tool.GetString());
        writer.WriteBoolean("isLatest"u8, row.IsLatest);
        writer.WriteBoolean("isPublished"u8, row.IsPublished);
        writer.WriteString("materializerName"u8, "Json"u8);
        writer.WriteTime("createdAt"u8, row.CreatedAt);
        writer.WriteBoolean("isReadonly"u8, row.IsReadonly);
        writer.WriteEndObject();
    }

    /// <summary>The whole definition, root included.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="row">The version.</param>
    /// <param name="nodes">What its activities are called.</param>
    /// <param name="asStored">With the root once more as the text that is kept, as the list of versions has it.</param>
    /// <param name="at">The node id of the workflow, where it is an activity of another one.</param>
    public static void WriteModel(Utf8JsonWriter writer, DefinitionRow row, WorkflowNodes nodes, bool asStored = false, string? at = null)
    {
        using var document = JsonDocument.Parse(row.Model);
        var model = document.RootElement;
        writer.WriteStartObject();
        WriteLinks(writer, Links, row.DefinitionId);
        writer.WriteString("id"u8, row.Id);
        writer.WriteString("definitionId"u8, row.DefinitionId);
        writer.WriteText("name"u8, row.Name);
        writer.WriteText("description"u8, row.Description);
        writer.WriteTime("createdAt"u8, row.CreatedAt);
        writer.WriteNumber("version"u8, row.Version);
        if (model.TryGetProperty("toolVersion", out var tool)) WriteProperty(writer, "toolVersion", tool);
        foreach (var list in new[] { "variables", "inputs", "outputs", "outcomes" }) WriteOr(writer, model, list, "[]");
        WriteOr(writer, model, "customProperties", "{}");
        writer.WriteBoolean("isReadonly"u8, row.IsReadonly);
        writer.WriteBoolean("isSystem"u8, row.IsSystem);
        writer.WriteBoolean("isLatest"u8, row.IsLatest);
        writer.WriteBoolean("isPublished"u8, row.IsPublished);
        WriteOr(writer, model, "options", """{"autoUpdateConsumingWorkflows":false}""");
        if (model.TryGetProperty("root", out var root))
        {
            writer.WritePropertyName("root"u8);
            ActivityJson.WriteRoot(writer, root, at ?? nodes.Of(row), nodes);
            if (asStored)
            {
                writer.WriteString("materializerName"u8, "Json"u8);
                writer.WriteString("stringData"u8, root.GetRawText());
            }
        }
        writer.WriteEndObject();
    }

    private static void WriteOr(Utf8JsonWriter writer, JsonElement model, string name, string otherwise)
    {
        writer.WritePropertyName(name);
        if (model.TryGetProperty(name, out var value)) value.WriteTo(writer);
        else writer.WriteRawValue(otherwise, skipInputValidation: true);
    }

    private static void WriteProperty(Utf8JsonWriter writer, string name, JsonElement value)
    {
        writer.WritePropertyName(name);
        value.WriteTo(writer);
    }

    private static void WriteLinks(Utf8JsonWriter writer, IEnumerable<(string Path, string Relation, string Method)> links, string definitionId)
    {
        writer.WriteStartArray("links"u8);
        foreach (var (path, relation, method) in links)
        {
            writer.WriteStartObject();
            writer.WriteString("href"u8, path.Replace("{0}", Uri.EscapeDataString(definitionId), StringComparison.Ordinal));
            writer.WriteString("rel"u8, relation);
            writer.WriteString("method"u8, method);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
