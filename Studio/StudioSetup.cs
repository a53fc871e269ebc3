using AgentOS.Studio.Board;
using AgentOS.Studio.Elements;
using AgentOS.Studio.Layout;
using AgentOS.Studio.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;

namespace AgentOS.Studio;

/// <summary>Mission Control, and Elsa Studio's designer and inspector under <c>/studio</c>.</summary>
public static class StudioSetup
{
    /// <summary>Text that a person may paste into one field, and all else that a browser may send at once.</summary>
    private const int LargestMessage = 1 << 20;

    public static IServiceCollection AddStudio(this IServiceCollection services, Action<StudioOptions>? configure = null)
    {
        services.AddElsaStudio(configure);
        services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(hub => hub.MaximumReceiveMessageSize = LargestMessage);
        services.AddMudServices();
        return services.AddScoped<Acting>().AddScoped<Notices>().AddScoped<AddressQuery>().AddScoped<BoardActions>().AddSingleton<LiveViews>().AddSingleton<ChangeFeed>().AddHostedService(provider => provider.GetRequiredService<ChangeFeed>());
    }

    /// <summary>The pages ask for nothing themselves: whoever maps them decides who may see them. Needs the antiforgery middleware.</summary>
    public static void MapStudio(this IEndpointRouteBuilder routes)
    {
        routes.MapStaticAssets().ExcludeFromDescription();
        // The page's own policy says who may frame it: nobody.
        routes.MapRazorComponents<App>().WithStaticAssets().AddInteractiveServerRenderMode(circuit => circuit.ContentSecurityFrameAncestorsPolicy = null).ExcludeFromDescription();
        routes.MapElsaStudio();
    }
}
