using AgentOS.Engine.Runtime.Definitions;
using Elsa.Common.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>/bulk-actions on definitions.</summary>
internal static class DefinitionBulkEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/bulk-actions/delete/workflow-definitions/by-definition-id", async (HttpContext http, DefinitionService definitions) =>
            ApiResults.Count("deleted", await CountAsync(await ApiRequest.ReadAsync(http), "definitionIds", id => definitions.DeleteAsync(id))));
        api.MapPost("/bulk-actions/delete/workflow-definitions/by-id", async (HttpContext http, DefinitionService definitions) =>
            ApiResults.Count("deleted", await CountAsync(await ApiRequest.ReadAsync(http), "ids", id => definitions.DeleteVersionAsync(id))));
        api.MapPost("/bulk-actions/publish/workflow-definitions/by-definition-ids", PublishAsync);
        api.MapPost("/bulk-actions/retract/workflow-definitions/by-definition-ids", RetractAsync);
    }

    private static async Task<int> CountAsync(ApiRequest request, string name, Func<string, Task<bool>> act)
    {
        var count = 0;
        foreach (var id in request.Each(name))
            if (await act(id)) count++;
        return count;
    }

    private static async Task<IResult> PublishAsync(HttpContext http, DefinitionService definitions, WorkflowReferences references)
    {
        List<string> published = [], already = [], notFound = [], failed = [], updated = [];
        foreach (var id in (await ApiRequest.ReadAsync(http)).Each("definitionIds"))
            try
            {
                var done = await definitions.PublishAsync(id);
                (done switch
                {
                    null => notFound,
                    var (_, wasPublished) => wasPublished ? already : published
                }).Add(id);
                if (done is var (row, _)) updated.AddRange(await references.FollowByItselfAsync(row, http.RequestAborted));
            }
            catch (RouteTakenException)
            {
                failed.Add(id);
            }
        return ApiResults.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteTexts("published"u8, published);
            writer.WriteTexts("alreadyPublished"u8, already);
            writer.WriteTexts("notFound"u8, notFound);
            writer.WriteTexts("skipped"u8, []);
            writer.WriteTexts("updatedConsumers"u8, updated.Distinct());
            writer.WriteTexts("failed"u8, failed);
            writer.WriteStartObject("warnings"u8);
            writer.WriteEndObject();
            writer.WriteEndObject();
        });
    }

    private static async Task<IResult> RetractAsync(HttpContext http, DefinitionService definitions)
    {
        List<string> retracted = [], notPublished = [], notFound = [];
        foreach (var id in (await ApiRequest.ReadAsync(http)).Each("definitionIds"))
        {
            if (await definitions.RetractAsync(id) is not null) retracted.Add(id);
            else if (await definitions.Store.FindAsync(id, VersionOptions.Latest) is not null) notPublished.Add(id);
            else notFound.Add(id);
        }
        return ApiResults.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteTexts("retracted"u8, retracted);
            writer.WriteTexts("alreadyRetracted"u8, []);
            writer.WriteTexts("skipped"u8, []);
            writer.WriteTexts("notPublished"u8, notPublished);
            writer.WriteTexts("notFound"u8, notFound);
            writer.WriteEndObject();
        });
    }
}
