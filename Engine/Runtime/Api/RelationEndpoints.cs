using System.Text.Json;
using AgentOS.Engine.Runtime.Definitions;
using AgentOS.Engine.State;
using Elsa.Common.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>Which workflows use which, and several versions at once.</summary>
internal static class RelationEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/workflow-definitions/many-by-id", ManyAsync);
        api.MapGet("/workflow-definitions/{definitionId}/consumers", async (string definitionId, DefinitionStore store, CancellationToken cancellation) =>
            Texts("consumingWorkflowDefinitionIds", await ConsumersAsync(definitionId, store, cancellation)));
        // A workflow used as an activity is looked up when it runs: there is nothing to bring up to date in those that use it.
        api.MapPost("/workflow-definitions/{definitionId}/update-references", async (string definitionId, DefinitionStore store, CancellationToken cancellation) =>
            await store.FindAsync(definitionId, VersionOptions.Latest, cancellation) is null ? ApiResults.NotFound : Texts("affectedWorkflows", []));
        api.MapPost("/actions/workflow-definitions/reload", async (DefinitionChanges changes) =>
        {
            await changes.AnnounceAsync();
            return ApiResults.Ok;
        });
        api.MapPost("/actions/workflow-definitions/refresh", RefreshAsync);
    }

    private static async Task<IResult> ManyAsync(HttpContext http, DefinitionStore store)
    {
        var ids = DefinitionEndpoints.Texts(http.Request.Query["ids"]);
        var rows = ids.Count == 0 ? [] : (await store.ListAsync(new() { Ids = ids }, http.RequestAborted)).Items;
        return ApiResults.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("items"u8);
            foreach (var row in rows) DefinitionWriter.WriteModel(writer, row);
            writer.WriteEndArray();
            writer.WriteNumber("count"u8, rows.Count);
            writer.WriteEndObject();
        });
    }

    private static async Task<IResult> RefreshAsync(HttpContext http, DefinitionStore store, DefinitionChanges changes)
    {
        var asked = (await ApiRequest.ReadAsync(http)).Texts("definitionIds");
        var (rows, _) = await store.ListAsync(new() { Versions = VersionOptions.Published, DefinitionIds = asked }, http.RequestAborted);
        await changes.AnnounceAsync();
        var found = rows.Select(row => row.DefinitionId).ToList();
        return ApiResults.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteTexts("refreshed"u8, found);
            writer.WriteTexts("notFound"u8, (asked ?? []).Except(found));
            writer.WriteEndObject();
        });
    }

    private static async Task<IReadOnlyList<string>> ConsumersAsync(string definitionId, DefinitionStore store, CancellationToken cancellation)
    {
        var (rows, _) = await store.ListAsync(new() { Versions = VersionOptions.LatestOrPublished }, cancellation);
        return [.. rows.Where(row => row.Model.Contains("\"workflowDefinitionId\"", StringComparison.Ordinal) && Uses(row, definitionId)).Select(row => row.DefinitionId).Distinct()];
    }

    private static bool Uses(DefinitionRow row, string definitionId)
    {
        using var model = JsonDocument.Parse(row.Model, new() { MaxDepth = EngineJson.MaxDepth * 2 });
        return model.RootElement.TryGetProperty("root", out var root) && Uses(root, definitionId);
    }

    private static bool Uses(JsonElement element, string definitionId) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().Any(item => Uses(item, definitionId)),
        JsonValueKind.Object => (element.TryGetProperty("workflowDefinitionId", out var id) && id.ValueKind == JsonValueKind.String && id.GetString() == definitionId)
            || element.EnumerateObject().Any(property => Uses(property.Value, definitionId)),
        _ => false,
    };

    private static IResult Texts(string name, IReadOnlyList<string> values) => ApiResults.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });
}
