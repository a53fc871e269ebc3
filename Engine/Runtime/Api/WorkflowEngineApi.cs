using AgentOS.Engine.Definitions;
using AgentOS.Engine.Execution;
using AgentOS.Engine.Runtime.Api.Descriptors;
using AgentOS.Engine.Runtime.Api.Scripting;
using AgentOS.Engine.Runtime.Commits;
using AgentOS.Engine.Runtime.Definitions;
using AgentOS.Engine.Runtime.Execution;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>Elsa's HTTP API: one file for each resource, each with its own <c>Map</c> method.</summary>
internal static class WorkflowEngineApi
{
    public static RouteGroupBuilder Map(IEndpointRouteBuilder routes, string path)
    {
        var api = routes.MapGroup(path);
        api.AddEndpointFilter(TellMistakesAsync);
        ((IEndpointConventionBuilder)api).Finally(WithWholeIds);
        DefinitionEndpoints.Map(api);
        DefinitionBulkEndpoints.Map(api);
        RunEndpoints.Map(api);
        InstanceEndpoints.Map(api);
        JournalEndpoints.Map(api);
        VariableEndpoints.Map(api);
        ActivityExecutionEndpoints.Map(api);
        EventEndpoints.Map(api);
        ExportEndpoints.Map(api);
        RelationEndpoints.Map(api);
        SubgraphEndpoints.Map(api);
        ImportEndpoints.Map(api);
        AlterationEndpoints.Map(api);
        RuntimeEndpoints.Map(api);
        ActivityTestEndpoints.Map(api);
        ScriptingEndpoints.Map(api);
        DescriptorApi.Map(api);
        return api;
    }

    // The server decodes an address but for the slashes within its segments: what was sent as %2F then looks like what was sent as %252F.
    private static void WithWholeIds(EndpointBuilder endpoint)
    {
        if (endpoint is not RouteEndpointBuilder { RequestDelegate: { } next } route) return;
        List<RoutePatternPathSegment> segments = [.. route.RoutePattern.PathSegments];
        var parameters = route.RoutePattern.Parameters.Select(parameter => (parameter.Name, At: segments.FindIndex(segment => segment.Parts.Contains(parameter)) + 1)).ToArray();
        endpoint.RequestDelegate = http =>
        {
            foreach (var (name, at) in parameters)
                if (http.Request.RouteValues[name] is string id && id.Contains("%2F", StringComparison.OrdinalIgnoreCase)) http.Request.RouteValues[name] = AsSent(id, at, http);
            return next(http);
        };
    }

    private static string AsSent(string id, int at, HttpContext http)
    {
        var sent = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0].Split('/');
        // From the end: a base path may stand before the segments that are routed by.
        var place = sent.Length - http.Request.Path.Value!.Split('/').Length + at;
        var plain = id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        // Where a server says nothing of what was sent, or the address led through dots, a slash is the likelier one.
        return sent.ElementAtOrDefault(place) is { } segment && Uri.UnescapeDataString(segment) is var whole && whole.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase) == plain ? whole : plain;
    }

    private static async ValueTask<object?> TellMistakesAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        // What could not be read of the address or of a typed body: the framework says the status only.
        if (context.HttpContext.Response.StatusCode >= StatusCodes.Status400BadRequest)
            return ApiResults.Problem("A part of the address, of the query or of the body is not of the kind that is expected there.", context.HttpContext.Response.StatusCode);
        if (request.Query.Any(pair => pair.Value.Any(value => value?.Contains('\0', StringComparison.Ordinal) == true)) || request.RouteValues.Values.Any(value => value is string text && text.Contains('\0', StringComparison.Ordinal)))
            return ApiResults.Problem("The address contains the character U+0000.");
        try
        {
            return await next(context);
        }
        catch (BadRequestException mistake)
        {
            return ApiResults.Problem(mistake.Message, kind: mistake.Kind);
        }
        catch (Exception mistake) when (mistake is InvalidDefinitionException or RouteTakenException or FormatException)
        {
            return ApiResults.Problem(mistake.Message);
        }
        catch (InstanceBusyException busy)
        {
            return ApiResults.Problem(busy.Message, StatusCodes.Status409Conflict);
        }
        catch (CommitFailedException lost) when (lost.InnerException is FencedException)
        {
            return ApiResults.Problem("The workflow instance was deleted, or taken over by another node, while it ran. What it did since its last commit is not kept.", StatusCodes.Status409Conflict);
        }
        catch (BadHttpRequestException mistake)
        {
            return ApiResults.Problem(mistake.Message, mistake.StatusCode);
        }
        catch (DefinitionNotFoundException)
        {
            return ApiResults.NotFound;
        }
    }
}
