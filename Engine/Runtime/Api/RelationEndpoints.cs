using AgentOS.Engine.Runtime.Definitions;
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
        api.MapGet("/workflow-definitions/{definitionId}/consumers", async (string definitionId, WorkflowReferences references, CancellationToken cancellation) =>
            Texts("consumingWorkflowDefinitionIds", await references.ConsumersAsync(definitionId, cancellation)));
        api.MapPost("/workflow-definitions/{definitionId}/update-references", async (string definitionId, DefinitionStore store, WorkflowReferences references, CancellationToken cancellation) =>
            await store.FindAsync(definitionId, VersionOptions.Latest, cancellation) is null ? ApiResults.NotFound : Texts("affectedWorkflows", await references.FollowAsync(definitionId, cancellation)));
        api.MapPost("/actions/workflow-definitions/reload", async (DefinitionChanges changes) =>
        {
            await changes.AnnounceAsync();
            return ApiResults.Ok;
        });
        api.MapPost("/actions/workflow-definitions/refresh", RefreshAsync);
    }

    private static async Task<IResult> ManyAsync(HttpContext http, DefinitionStore store, WorkflowNodes nodes)
    {
        var ids = DefinitionEndpoints.Texts(http.Request.Query["ids"]);
        var rows = ids.Count == 0 ? [] : (await store.ListAsync(new() { Ids = ids }, http.RequestAborted)).Items;
        return ApiResults.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("items"u8);
            foreach (var row in rows) DefinitionWriter.WriteModel(writer, row, nodes);
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

    private static IResult Texts(string name, IReadOnlyList<string> values) => ApiResults.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });
}
