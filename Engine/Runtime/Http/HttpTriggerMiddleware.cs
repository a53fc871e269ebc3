using AgentOS.Engine.Runtime.Database;
using AgentOS.Engine.Runtime.Definitions;
using AgentOS.Engine.Runtime.Events;
using AgentOS.Engine.Runtime.Execution;
using AgentOS.Engine.Runtime.Hosting;
using AgentOS.Engine.Services;
using Elsa.Http.Bookmarks;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using Elsa.Workflows.Options;
using Elsa.Workflows.Runtime;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace AgentOS.Engine.Runtime.Http;

/// <summary>
/// Gives requests below the base path to workflows: a published endpoint starts one, an endpoint in the middle of one goes on with it.
/// The answer is sent when the burst is committed. A request that no workflow waits for goes on through the host's pipeline.
/// </summary>
internal sealed class HttpTriggerMiddleware(
    RequestDelegate next, EngineOptions options, HttpRoutes routes, GraphCatalog graphs, InstanceRunner runner, Stimuli stimuli, IStimulusHasher hasher, EngineDatabase database, HttpTriggerOptions access)
{
    private const string StimulusName = "Elsa.HttpEndpoint";
    private readonly PathString _base = new(options.HttpBasePath.TrimEnd('/'));

    public async Task InvokeAsync(HttpContext http)
    {
        if (!http.Request.Path.StartsWithSegments(_base, StringComparison.OrdinalIgnoreCase, out var rest) || rest.Value is not { Length: > 1 } value)
        {
            await next(http);
            return;
        }
        var path = value.Trim('/');
        var method = http.Request.Method.ToLowerInvariant();
        if (await routes.FindAsync(path, method, http.RequestAborted) is var (route, values))
        {
            if (!await AllowAsync(http, route.Authorize, route.Policy)) return;
            await StartAsync(http, route, values);
        }
        else if (!await ResumeAsync(http, path, method)) await next(http);
    }

    private async Task StartAsync(HttpContext http, HttpRoute route, RouteValueDictionary? values)
    {
        if (await graphs.FindVersionAsync(route.VersionId, http.RequestAborted) is not { } graph)
        {
            await next(http);
            return;
        }
        if (route.SizeLimit is { } limit && http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = limit;
        if (values is not null) HttpTriggers.SetRouteData(http, values);
        var start = new RunWorkflowOptions { TriggerActivityId = route.ActivityId, CorrelationId = Given(http, "correlation-id", "correlationId"), WorkflowInstanceId = null };
        // HTTP endpoints are answered whatever the activation strategy says, as in Elsa.
        Answer(http, await runner.StartAsync(graph, start, activate: false));
    }

    /// <returns>Whether a workflow waited for the request.</returns>
    private async Task<bool> ResumeAsync(HttpContext http, string path, string method)
    {
        var to = new StimulusMetadata { WorkflowInstanceId = Given(http, "workflow-instance-id", "workflowInstanceId"), CorrelationId = Given(http, "correlation-id", "correlationId") };
        foreach (var (template, values) in await WaitingAsync(path, http.RequestAborted))
        {
            var (bookmarks, _) = await stimuli.FindAsync(hasher.Hash(StimulusName, new HttpEndpointBookmarkPayload(template, method)), to, http.RequestAborted);
            if (bookmarks.Count == 0) continue;
            if (bookmarks.Select(x => x.Instance).Distinct().Count() > 1)
            {
                http.Response.StatusCode = StatusCodes.Status409Conflict;
                await http.Response.WriteAsJsonAsync(new { message = "Several workflow instances wait for this request. Name one with the header x-correlation-id or x-workflow-instance-id." });
                return true;
            }
            if (!await AllowAsync(http, authorize: true, policy: null)) return true;
            HttpTriggers.SetRouteData(http, values);
            if (await runner.ResumeAsync(bookmarks[0].Instance, new() { BookmarkId = bookmarks[0].Bookmark }) is not { } result) continue;
            Answer(http, result);
            return true;
        }
        return false;
    }

    // The path itself, and the templates among the bookmarks that fit it.
    private async Task<List<(string Template, RouteValueDictionary Values)>> WaitingAsync(string path, CancellationToken cancellationToken)
    {
        var found = new List<(string, RouteValueDictionary)> { (path, []) };
        await using var command = database.CreateCommand("select distinct payload ->> 'path' from engine.bookmarks where name = $1 and payload ->> 'path' like '%{%'");
        command.Parameters.Add(new() { Value = StimulusName });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            if (HttpRoutes.Match(reader.GetString(0), path) is { } values) found.Add((reader.GetString(0), values));
        return found;
    }

    private async ValueTask<bool> AllowAsync(HttpContext http, bool authorize, string? policy) => access.Authorize is not { } allowed || await allowed(http, authorize, policy);

    private static void Answer(HttpContext http, RunWorkflowResult? result)
    {
        if (HttpTriggers.IsAnswered(http) || http.Response.HasStarted) return;
        http.Response.StatusCode = result is null or { WorkflowState.SubStatus: WorkflowSubStatus.Faulted } ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK;
    }

    private static string? Given(HttpContext http, string header, string query) =>
        http.Request.Headers["x-" + header].ToString() is { Length: > 0 } given ? given : http.Request.Query[query].ToString() is { Length: > 0 } asked ? asked : null;
}

/// <summary>Who may call HTTP endpoints of workflows.</summary>
public sealed class HttpTriggerOptions
{
    /// <summary>
    /// Asked before a workflow sees the request: whether the endpoint wants an authorised caller, and the name of its policy.
    /// Where it answers false it has written the refusal into the response. Null: the host has checked the caller before.
    /// </summary>
    public Func<HttpContext, bool, string?, ValueTask<bool>>? Authorize { get; set; }
}
