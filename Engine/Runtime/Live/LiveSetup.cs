using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Engine.Runtime.Live;

internal static class LiveSetup
{
    private const int LargestMessage = 8 * 1024;

    public static IServiceCollection AddLiveInstances(this IServiceCollection services)
    {
        services.AddSignalR(hub => hub.MaximumReceiveMessageSize = LargestMessage)
            .AddJsonProtocol(json => json.PayloadSerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.CamelCase);
        return services.AddSingleton<WatchedInstances>().AddHostedService<InstanceWatch>();
    }

    /// <param name="routes">The application.</param>
    /// <param name="apiPath">Of Elsa's API: Studio finds the hub beside it, at <c>/elsa/hubs/workflow-instance</c> for <c>/elsa/api</c>.</param>
    public static void MapLiveInstances(this IEndpointRouteBuilder routes, string apiPath) =>
        routes.MapHub<WorkflowInstanceHub>(apiPath[..(apiPath.TrimEnd('/').LastIndexOf('/') + 1)] + "hubs/workflow-instance");
}
