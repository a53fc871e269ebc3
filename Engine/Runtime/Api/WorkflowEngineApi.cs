using AgentOS.Engine.Definitions;
using AgentOS.Engine.Runtime.Api.Descriptors;
using AgentOS.Engine.Runtime.Api.Scripting;
using AgentOS.Engine.Runtime.Definitions;
using AgentOS.Engine.Runtime.Execution;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>Elsa's HTTP API: one file for each resource, each with its own <c>Map</c> method.</summary>
internal static class WorkflowEngineApi
{
    public static RouteGroupBuilder Map(IEndpointRouteBuilder routes, string path)
    {
        var api = routes.MapGroup(path);
        api.AddEndpointFilter(TellMistakesAsync);
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
        ActivityTestEndpoints.Map(api);
        ScriptingEndpoints.Map(api);
        DescriptorApi.Map(api);
        return api;
    }

    private static async ValueTask<object?> TellMistakesAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
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
        catch (DefinitionNotFoundException)
        {
            return ApiResults.NotFound;
        }
    }
}
