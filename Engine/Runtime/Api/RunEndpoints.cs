using AgentOS.Engine.Services;
using AgentOS.Engine.State;
using AgentOS.Engine.Runtime.Definitions;
using AgentOS.Engine.Runtime.Execution;
using Elsa.Common.Models;
using Elsa.Workflows;
using Elsa.Workflows.Options;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>Running a definition: at once, or later.</summary>
internal static class RunEndpoints
{
    private const int MostAtOnce = 10_000;
    private static readonly string[] QueryNames = ["correlationId", "triggerActivityId", "versionOptions"];

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/workflow-definitions/{definitionId}/execute", async (string definitionId, HttpContext http, GraphCatalog graphs, InstanceRunner runner, IIdentityGenerator ids) =>
            await ExecuteAsync(definitionId, await ApiRequest.ReadAsync(http), http, graphs, runner, ids));
        api.MapGet("/workflow-definitions/{definitionId}/execute", async (string definitionId, HttpContext http, GraphCatalog graphs, InstanceRunner runner, IIdentityGenerator ids) =>
            await ExecuteAsync(definitionId, FromQuery(http), http, graphs, runner, ids));
        api.MapPost("/workflow-definitions/{definitionId}/dispatch", DispatchAsync);
        api.MapPost("/workflow-definitions/{definitionId}/bulk-dispatch", BulkDispatchAsync);
    }

    private static async Task<IResult> ExecuteAsync(string definitionId, ApiRequest request, HttpContext http, GraphCatalog graphs, InstanceRunner runner, IIdentityGenerator ids)
    {
        if (await graphs.FindAsync(definitionId, Versions(request), http.RequestAborted) is not { } graph) return ApiResults.NotFound;
        var options = new RunWorkflowOptions
        {
            WorkflowInstanceId = ids.GenerateId(),
            CorrelationId = request.Id("correlationId"),
            Input = request.Map("input"),
            Variables = request.Map("variables"),
            TriggerActivityId = request.Text("triggerActivityId")
        };
        // The workflow itself may answer the request, so the headers come first.
        http.Response.Headers["x-elsa-workflow-instance-id"] = options.WorkflowInstanceId;
        http.Response.Headers["x-elsa-workflow-cannot-start"] = "False";
        var result = await runner.StartAsync(graph, options);
        if (HttpTriggers.IsAnswered(http) || http.Response.HasStarted)
        {
            await HttpTriggers.SendAsync(http);
            return Results.Empty;
        }
        if (result is null)
        {
            http.Response.Headers.Remove("x-elsa-workflow-instance-id");
            http.Response.Headers["x-elsa-workflow-cannot-start"] = "True";
            return ApiResults.Ok;
        }
        http.Response.Headers["x-elsa-response"] = "true";
        return ApiResults.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("workflowState"u8);
            WorkflowStateJson.Write(writer, result.WorkflowState);
            writer.WriteEndObject();
        }, result.WorkflowState.SubStatus == WorkflowSubStatus.Faulted ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK);
    }

    private static async Task<IResult> DispatchAsync(string definitionId, HttpContext http, GraphCatalog graphs, IWorkflowDispatcher dispatcher, IIdentityGenerator ids)
    {
        var request = await ApiRequest.ReadAsync(http);
        if (await graphs.FindAsync(definitionId, Versions(request), http.RequestAborted) is not { } graph) return ApiResults.NotFound;
        var id = request.Id("instanceId") ?? ids.GenerateId();
        await dispatcher.DispatchAsync(Request(graph.Workflow.Identity.Id, id, request), null);
        return ApiResults.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("workflowInstanceId"u8, id);
            writer.WriteEndObject();
        });
    }

    private static async Task<IResult> BulkDispatchAsync(string definitionId, HttpContext http, GraphCatalog graphs, IWorkflowDispatcher dispatcher, IIdentityGenerator ids)
    {
        var request = await ApiRequest.ReadAsync(http);
        var count = request.Number("count") ?? 1;
        if (count is < 1 or > MostAtOnce) throw new BadRequestException($"'count' must be between 1 and {MostAtOnce}.");
        if (await graphs.FindAsync(definitionId, Versions(request), http.RequestAborted) is not { } graph) return ApiResults.NotFound;
        var instances = Enumerable.Range(0, count).Select(_ => ids.GenerateId()).ToList();
        await Task.WhenAll(instances.Select(id => dispatcher.DispatchAsync(Request(graph.Workflow.Identity.Id, id, request), null)));
        return ApiResults.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteTexts("workflowInstanceIds"u8, instances);
            writer.WriteEndObject();
        });
    }

    private static DispatchWorkflowDefinitionRequest Request(string versionId, string instanceId, ApiRequest request) => new(versionId)
    {
        InstanceId = instanceId, CorrelationId = request.Id("correlationId"), Input = request.Map("input"), TriggerActivityId = request.Text("triggerActivityId")
    };

    private static VersionOptions Versions(ApiRequest request) => request.Text("versionOptions") is { Length: > 0 } text ? DefinitionEndpoints.Versions(text) : VersionOptions.Published;

    private static ApiRequest FromQuery(HttpContext http) => new(System.Text.Json.JsonSerializer.SerializeToElement(
        QueryNames.Where(x => http.Request.Query.ContainsKey(x)).ToDictionary(x => x, x => http.Request.Query[x].ToString())));
}
