using AgentOS.Engine.Runtime.Definitions;
using Elsa.Common.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>/workflow-definitions: read, save, publish, versions.</summary>
internal static class DefinitionEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/workflow-definitions", ListAsync);
        api.MapGet("/workflow-definitions/by-definition-id/{definitionId}", FindAsync);
        api.MapGet("/workflow-definitions/by-id/{id}", FindVersionAsync);
        api.MapGet("/workflow-definitions/{definitionId}/versions", VersionsAsync);
        api.MapGet("/workflow-definitions/query/count", CountAsync);
        api.MapGet("/workflow-definitions/validation/is-name-unique", IsNameUniqueAsync);
        api.MapPost("/workflow-definitions", SaveAsync);
        api.MapPost("/workflow-definitions/import", ImportAsync);
        api.MapPost("/workflow-definitions/{definitionId}/publish", PublishAsync);
        api.MapPost("/workflow-definitions/{definitionId}/retract", RetractAsync);
        api.MapPost("/workflow-definitions/{definitionId}/revert/{version:int}", RevertAsync);
        api.MapDelete("/workflow-definitions/{definitionId}", async (string definitionId, DefinitionService definitions) =>
            await definitions.DeleteAsync(definitionId) ? ApiResults.NoContent : ApiResults.NotFound);
        api.MapDelete("/workflow-definition-versions/{id}", async (string id, DefinitionService definitions) =>
            await definitions.DeleteVersionAsync(id) ? ApiResults.NoContent : ApiResults.NotFound);
    }

    private static async Task<IResult> ListAsync(HttpContext http, DefinitionStore store)
    {
        var query = http.Request.Query;
        var size = Number(query["PageSize"]) is { } asked ? Math.Max(0, asked) : (int?)null;
        var (items, total) = await store.ListAsync(new()
        {
            Versions = query["versionOptions"] is [{ Length: > 0 } versions] ? Versions(versions) : null,
            DefinitionIds = Texts(query["DefinitionIds"]),
            Ids = Texts(query["Ids"]),
            SearchTerm = query["SearchTerm"],
            Name = query["Name"],
            IsSystem = bool.TryParse(query["IsSystem"], out var system) ? system : null,
            OrderBy = query["OrderBy"],
            Descending = string.Equals(query["OrderDirection"], "Descending", StringComparison.OrdinalIgnoreCase),
            Skip = Skip(Number(query["Page"]), size ?? 0),
            Take = size
        }, http.RequestAborted);
        return ApiResults.Json(writer => DefinitionWriter.WriteList(writer, items, total));
    }

    private static async Task<IResult> FindAsync(string definitionId, string? versionOptions, DefinitionStore store, WorkflowNodes nodes) =>
        Answer(nodes, await store.FindAsync(definitionId, versionOptions is { Length: > 0 } ? Versions(versionOptions) : VersionOptions.Latest));

    private static async Task<IResult> FindVersionAsync(string id, DefinitionStore store, WorkflowNodes nodes) => Answer(nodes, await store.FindVersionAsync(id));

    private static async Task<IResult> VersionsAsync(string definitionId, DefinitionStore store, WorkflowNodes nodes)
    {
        var (rows, _) = await store.ListAsync(new() { DefinitionIds = [definitionId], OrderBy = "Version", Descending = true });
        return ApiResults.Json(writer =>
        {
            writer.WriteStartArray();
            foreach (var row in rows) DefinitionWriter.WriteModel(writer, row, nodes, asStored: true);
            writer.WriteEndArray();
        });
    }

    private static async Task<IResult> CountAsync(DefinitionStore store) => ApiResults.Count("count", (await store.ListAsync(new() { Versions = VersionOptions.Latest, Take = 0 })).Total);

    private static async Task<IResult> IsNameUniqueAsync(string? name, string? definitionId, DefinitionStore store)
    {
        var unique = name is { Length: > 0 } && await store.IsNameUniqueAsync(name, definitionId);
        return ApiResults.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteBoolean("isUnique"u8, unique);
            writer.WriteEndObject();
        });
    }

    private static async Task<IResult> SaveAsync(HttpContext http, DefinitionService definitions, DefinitionJson json, WorkflowNodes nodes, WorkflowReferences references)
    {
        var request = await ApiRequest.ReadAsync(http);
        var model = request.Element("model") ?? throw new BadRequestException("'model' is missing: the workflow definition.");
        var row = await definitions.SaveAsync(json.Draft(model), request.Flag("publish") == true, http.RequestAborted);
        return Saved(nodes, row, already: false, await BehindAsync(references, row, http.RequestAborted));
    }

    private static async Task<IResult> ImportAsync(HttpContext http, DefinitionService definitions, DefinitionJson json, WorkflowNodes nodes)
    {
        var request = await ApiRequest.ReadAsync(http);
        var row = await definitions.SaveAsync(json.Draft(request.Body), publish: false, http.RequestAborted);
        return Answer(nodes, row);
    }

    private static async Task<IResult> PublishAsync(string definitionId, DefinitionService definitions, WorkflowNodes nodes, WorkflowReferences references, CancellationToken cancellation) =>
        await definitions.PublishAsync(definitionId, cancellation) is var (row, already) ? Saved(nodes, row, already, await BehindAsync(references, row, cancellation)) : ApiResults.NotFound;

    private static async Task<IResult> RetractAsync(string definitionId, DefinitionService definitions, WorkflowNodes nodes) =>
        Answer(nodes, await definitions.RetractAsync(definitionId) ?? await definitions.Store.FindAsync(definitionId, VersionOptions.Latest));

    private static async Task<IResult> RevertAsync(string definitionId, int version, HttpContext http, DefinitionService definitions)
    {
        if (await definitions.RevertAsync(definitionId, version) is not { } row) return ApiResults.NotFound;
        var path = http.Request.Path.Value!;
        http.Response.Headers.Location = $"{http.Request.PathBase}{path[..path.IndexOf("/workflow-definitions/", StringComparison.OrdinalIgnoreCase)]}/workflow-definitions/by-id/{Uri.EscapeDataString(row.Id)}";
        return ApiResults.Json(writer => DefinitionWriter.WriteSummary(writer, row), StatusCodes.Status201Created);
    }

    private static IResult Answer(WorkflowNodes nodes, DefinitionRow? row) => row is null ? ApiResults.NotFound : ApiResults.Json(writer => DefinitionWriter.WriteModel(writer, row, nodes));

    // Workflows that use it follow by themselves where it says so, else Studio asks the person.
    private static async Task<int> BehindAsync(WorkflowReferences references, DefinitionRow row, CancellationToken cancellation)
    {
        await references.FollowByItselfAsync(row, cancellation);
        return await references.BehindAsync(row, cancellation);
    }

    private static IResult Saved(WorkflowNodes nodes, DefinitionRow row, bool already, int behind) => ApiResults.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WritePropertyName("workflowDefinition"u8);
        DefinitionWriter.WriteModel(writer, row, nodes);
        writer.WriteBoolean("alreadyPublished"u8, already);
        writer.WriteNumber("consumingWorkflowCount"u8, behind);
        writer.WriteStartArray("validationErrors"u8);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    /// <exception cref="BadRequestException">It names no version.</exception>
    internal static VersionOptions Versions(string text) => VersionOptions.TryParse(text, out var versions) ? versions : throw new BadRequestException($"'{text}' names no version.");

    /// <summary>What lies before a page. A page beyond all rows is empty, however far beyond.</summary>
    internal static int Skip(int? page, int size) => (int)Math.Min(int.MaxValue, Math.Max(0L, page ?? 0) * size);

    internal static int? Number(string? text) => int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;

    internal static IReadOnlyCollection<string> Texts(Microsoft.Extensions.Primitives.StringValues values) => [.. values.Where(x => !string.IsNullOrEmpty(x)).Select(x => x!)];
}
