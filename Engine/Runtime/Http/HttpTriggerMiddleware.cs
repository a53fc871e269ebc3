using System.Text.Json;
using AgentOS.Engine.Execution;
using AgentOS.Engine.Runtime.Database;
using AgentOS.Engine.Runtime.Definitions;
using AgentOS.Engine.Runtime.Events;
using AgentOS.Engine.Runtime.Execution;
using AgentOS.Engine.Runtime.Hosting;
using AgentOS.Engine.Services;
using AgentOS.Engine.State;
using Elsa.Http.Bookmarks;
using Elsa.Workflows;
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
    RequestDelegate next, EngineOptions options, HttpRoutes routes, GraphCatalog graphs, InstanceRunner runner, Stimuli stimuli, IStimulusHasher hasher, EngineDatabase database, HttpAccess access, HttpDeadline deadline,
    IIdentityGenerator ids)
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
            if (!await access.AllowAsync(http, route.Authorize, route.Policy)) return;
            await StartAsync(http, route, values);
        }
        else if (!await ResumeAsync(http, path, method)) await PassAsync(http);
    }

    // The host has pages below the same path, and pages are only read.
    private Task PassAsync(HttpContext http)
    {
        if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)) return next(http);
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private async Task StartAsync(HttpContext http, HttpRoute route, RouteValueDictionary? values)
    {
        if (await graphs.FindVersionAsync(route.VersionId, http.RequestAborted) is not { } graph)
        {
            await next(http);
            return;
        }
        var correlation = Given(http, "correlation-id", "correlationId");
        if (correlation?.Length > IdLength.Longest)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await http.Response.WriteAsJsonAsync(new { message = $"The correlation id has more than {IdLength.Longest} characters." });
            return;
        }
        Limit(http, route.SizeLimit);
        if (values is not null) HttpTriggers.SetRouteData(http, values);
        var start = new RunWorkflowOptions { TriggerActivityId = route.ActivityId, CorrelationId = correlation, WorkflowInstanceId = ids.GenerateId() };
        // HTTP endpoints are answered whatever the activation strategy says, as in Elsa.
        await deadline.RunAsync(http, start.WorkflowInstanceId, route.Timeout, () => runner.StartAsync(graph, start, activate: false));
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
            if (await EndpointAsync(bookmarks[0].Bookmark, http.RequestAborted) is not { } endpoint) continue;
            if (!await access.AllowAsync(http, endpoint.Authorize == true, endpoint.Policy)) return true;
            Limit(http, endpoint.RequestSizeLimit);
            HttpTriggers.SetRouteData(http, values);
            if (await deadline.RunAsync(http, bookmarks[0].Instance, endpoint.RequestTimeout, () => runner.ResumeAsync(bookmarks[0].Instance, new() { BookmarkId = bookmarks[0].Bookmark }))) return true;
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

    private async Task<HttpEndpointBookmarkPayload?> EndpointAsync(string bookmark, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select payload from engine.bookmarks where id = $1");
        command.Parameters.Add(new() { Value = bookmark });
        return await command.ExecuteScalarAsync(cancellationToken) is string payload ? JsonSerializer.Deserialize<HttpEndpointBookmarkPayload>(payload, EngineJson.Options) : null;
    }

    private static void Limit(HttpContext http, long? bytes)
    {
        if (bytes is { } limit && http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = limit;
    }

    private static string? Given(HttpContext http, string header, string query) =>
        http.Request.Headers["x-" + header].ToString() is { Length: > 0 } given ? given : http.Request.Query[query].ToString() is { Length: > 0 } asked ? asked : null;
}
