using System.IO.Compression;
using System.Text;
using System.Text.Json;
using AgentOS.Engine.Runtime.Definitions;
using AgentOS.Engine.Runtime.Instances;
using AgentOS.Engine.State;
using Elsa.Common.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Builder;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>Definitions and instances as files.</summary>
internal static class ExportEndpoints
{
    private const string Schema = "https://elsaworkflows.io/schemas/workflow-definition/v3.0.0/schema.json";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/workflow-definitions/{definitionId}/export", ExportAsync);
        api.MapPost("/workflow-definitions/{definitionId}/export", ExportAsync);
        api.MapPost("/bulk-actions/export/workflow-definitions", ExportManyAsync);
        api.MapGet("/workflow-instances/{id}/export", ExportInstanceAsync);
        api.MapPost("/bulk-actions/export/workflow-instances", ExportInstancesAsync);
    }

    private static async Task<IResult> ExportAsync(string definitionId, string? versionOptions, bool? includeConsumingWorkflows, DefinitionStore store, WorkflowReferences references, WorkflowNodes nodes, CancellationToken cancellation)
    {
        var versions = versionOptions is { Length: > 0 } ? DefinitionEndpoints.Versions(versionOptions) : VersionOptions.Latest;
        return await store.FindAsync(definitionId, versions, cancellation) is not { } row ? ApiResults.NotFound
            : Files(includeConsumingWorkflows == true ? await WithConsumersAsync([row], store, references, cancellation) : [row], nodes);
    }

    private static async Task<IResult> ExportManyAsync(HttpContext http, DefinitionStore store, WorkflowReferences references, WorkflowNodes nodes)
    {
        var request = await ApiRequest.ReadAsync(http);
        var ids = request.Each("ids");
        if (ids.Count == 0) return ApiResults.NotFound;
        var (rows, _) = await store.ListAsync(new() { Ids = [.. ids] }, http.RequestAborted);
        return rows.Count == 0 ? ApiResults.NotFound : Files(request.Flag("includeConsumingWorkflows") == true ? await WithConsumersAsync(rows, store, references, http.RequestAborted) : rows, nodes);
    }

    private static IResult Files(IReadOnlyList<DefinitionRow> rows, WorkflowNodes nodes) =>
        rows is [var one] ? File(Json(one, nodes), FileName(one)) : File(Zip(rows.Select(row => (FileName(row), Json(row, nodes)))), "workflow-definitions.zip");

    // And those that use these, and so on.
    private static async Task<IReadOnlyList<DefinitionRow>> WithConsumersAsync(IReadOnlyList<DefinitionRow> rows, DefinitionStore store, WorkflowReferences references, CancellationToken cancellation)
    {
        var all = rows.ToList();
        for (var i = 0; i < all.Count; i++)
            foreach (var consumer in await references.ConsumersAsync(all[i].DefinitionId, cancellation))
                if (!all.Exists(row => row.DefinitionId == consumer) && await store.FindAsync(consumer, VersionOptions.Latest, cancellation) is { } row) all.Add(row);
        return all;
    }

    private static async Task<IResult> ExportInstanceAsync(string id, InstanceStore store, CancellationToken cancellation) =>
        await store.StateAsync(id, cancellation) is { } state ? File(Json(state), InstanceFileName(id)) : ApiResults.NotFound;

    private static async Task<IResult> ExportInstancesAsync(HttpContext http, InstanceStore store)
    {
        var files = new List<(string, byte[])>();
        foreach (var id in (await ApiRequest.ReadAsync(http)).Each("ids"))
            if (await store.StateAsync(id, http.RequestAborted) is { } state) files.Add((InstanceFileName(id), Json(state)));
        return files switch
        {
            [] => ApiResults.NotFound,
            [var (name, content)] => File(content, name),
            _ => File(Zip(files), "workflow-instances.zip"),
        };
    }

    private static byte[] Json(DefinitionRow row, WorkflowNodes nodes) => Written(writer =>
    {
        var buffer = Written(inner => DefinitionWriter.WriteModel(inner, row, nodes));
        using var model = JsonDocument.Parse(buffer, new() { MaxDepth = EngineJson.MaxDepth * 2 });
        writer.WriteStartObject();
        writer.WriteString("$schema"u8, Schema);
        foreach (var property in model.RootElement.EnumerateObject().Where(property => property.Name != "links")) property.WriteTo(writer);
        writer.WriteEndObject();
    });

    private static byte[] Json(string state) => Written(writer =>
    {
        writer.WriteStartObject();
        writer.WritePropertyName("WorkflowState"u8);
        writer.WriteRawValue(state, skipInputValidation: true);
        writer.WriteNull("Bookmarks"u8);
        writer.WriteNull("ActivityExecutionRecords"u8);
        writer.WriteNull("WorkflowExecutionLogRecords"u8);
        writer.WriteEndObject();
    });

    private static byte[] Written(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { SkipValidation = true, MaxDepth = EngineJson.MaxDepth * 2 })) write(writer);
        return stream.ToArray();
    }

    private static byte[] Zip(IEnumerable<(string Name, byte[] Content)> files)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }

        return stream.ToArray();
    }

    private static IResult File(byte[] content, string name) => Results.File(content, "application/octet-stream", name);

    private static string FileName(DefinitionRow row) => $"workflow-definition-{Slug(row.Name ?? row.DefinitionId)}-{Slug(row.DefinitionId)}-{Slug(row.Id)}.json";

    private static string InstanceFileName(string id) => $"workflow-instance-{Slug(id)}.json";

    // Names are a person's: of them only what no file system and no header minds goes into a file name.
    private static string Slug(string text)
    {
        var slug = new StringBuilder(text.Length);
        foreach (var letter in text.Take(80))
            if (char.IsAsciiLetterOrDigit(letter)) slug.Append(char.ToLowerInvariant(letter));
            else if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
        return slug.ToString().Trim('-') is { Length: > 0 } some ? some : "unnamed";
    }
}
