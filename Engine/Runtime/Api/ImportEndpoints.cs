using System.Text.Json;
using AgentOS.Engine.Definitions;
using AgentOS.Engine.Runtime.Definitions;
using AgentOS.Engine.Runtime.Instances;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>Exported instances and definitions that come back: JSON files, or zips of them, in a form.</summary>
internal static class ImportEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/bulk-actions/import/workflow-instances", ImportInstancesAsync).DisableAntiforgery();
        api.MapPost("/workflow-definitions/import-files", ImportDefinitionsAsync).DisableAntiforgery();
    }

    // All are read before the first is kept: a broken file among them leaves nothing.
    private static async Task<IResult> ImportInstancesAsync(HttpContext http, InstanceArrival arrival)
    {
        var states = await UploadedJson.ReadAsync(http, (name, json) =>
            json.Element("WorkflowState") is { ValueKind: JsonValueKind.Object } state ? state : throw new BadRequestException($"'{name}' is no exported instance: it has no WorkflowState."));
        await arrival.AcceptAsync(states, http.RequestAborted);
        return ApiResults.Count("imported", states.Count);
    }

    private static async Task<IResult> ImportDefinitionsAsync(HttpContext http, DefinitionService definitions, DefinitionJson json)
    {
        var drafts = await UploadedJson.ReadAsync(http, (name, body) =>
        {
            try
            {
                return json.Draft(body.Body);
            }
            catch (InvalidDefinitionException mistake)
            {
                throw new BadRequestException($"'{name}': {mistake.Message}");
            }
        });
        foreach (var draft in drafts) await definitions.SaveAsync(draft, publish: false, http.RequestAborted);
        return ApiResults.Count("count", drafts.Count);
    }
}
