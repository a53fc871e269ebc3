using AgentOS.Engine.State;
using Elsa.Workflows.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>What comes from outside: events, and tasks that are done.</summary>
internal static class EventEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/events/{eventName}/trigger", TriggerAsync);
        api.MapPost("/tasks/{taskId}/complete", CompleteAsync);
    }

    private static async Task<IResult> TriggerAsync(string eventName, HttpContext http, IEventPublisher events)
    {
        var request = await ApiRequest.ReadAsync(http);
        // By number or by name: 1 is synchronous.
        var synchronous = request.Element("workflowExecutionMode") is { } mode && (mode.ValueKind == System.Text.Json.JsonValueKind.Number ? mode.TryGetInt32(out var n) && n == 1 : mode.ToString() == "Synchronous");
        var payload = request.Element("input") is { } input ? EngineJson.ToPlain(input) : new Dictionary<string, object>();
        await events.PublishAsync(eventName, request.Id("correlationId"), request.Text("workflowInstanceId"), request.Text("activityInstanceId"), payload, !synchronous, http.RequestAborted);
        return ApiResults.Ok;
    }

    private static async Task<IResult> CompleteAsync(string taskId, HttpContext http, ITaskReporter tasks)
    {
        var request = await ApiRequest.ReadAsync(http);
        await tasks.ReportCompletionAsync(taskId, request.Element("result") is { } result ? EngineJson.ToPlain(result) : null, http.RequestAborted);
        return ApiResults.Ok;
    }
}
