using AgentOS.Studio.Elements;
using AgentOS.Studio.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Studio;

/// <summary>Mission Control at <c>/</c> and Elsa Studio's designer and inspector under <c>/studio</c>.</summary>
public static class StudioSetup
{
    public static IServiceCollection AddStudio(this IServiceCollection services, Action<StudioOptions>? configure = null)
    {
        services.Configure(configure ?? (_ => { }));
        services.AddRazorComponents();
        return services.AddSingleton<ElsaStudio>().AddSingleton<OwnAssets>();
    }

    /// <summary>The pages ask for nothing themselves: whoever maps them decides who may see them.</summary>
    public static IEndpointConventionBuilder MapStudio(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").ExcludeFromDescription();
        pages.MapGet("/", (HttpContext http) => new RazorComponentResult<MissionControlPage>(new { Nonce = ContentPolicy.Send(http, webAssembly: false) }));
        pages.MapGet("/studio", () => Results.LocalRedirect("/studio/workflows"));
        foreach (var place in new[] { "/studio/workflows", "/studio/instances" })
        {
            pages.MapGet(place, (HttpContext http, ElsaStudio studio) => Elements(http, studio, place));
            pages.MapGet(place + "/{id}", (HttpContext http, ElsaStudio studio) => Elements(http, studio, place));
        }

        // The addresses that Elsa Studio itself pushes into the history, and that people therefore reload and share.
        pages.MapGet("/studio/workflows/definitions/{id}/edit", (string id) => Results.LocalRedirect($"/studio/workflows/{Uri.EscapeDataString(id)}"));
        pages.MapGet("/studio/workflows/instances/{id}/view", (string id) => Results.LocalRedirect($"/studio/instances/{Uri.EscapeDataString(id)}"));

        pages.MapGet(OwnAssets.Prefix + "{name}", (HttpContext http, OwnAssets assets, string name) => assets.Serve(http, name));
        pages.MapGet("/studio/fonts/{**path}", (HttpContext http, ElsaStudio studio, string path) => studio.Fonts?.ServeAsync(http, "files/" + path) ?? NotInstalled(http));
        pages.MapGet("/studio/{**path}", (HttpContext http, ElsaStudio studio, string path) => studio.Files?.ServeAsync(http, path) ?? NotInstalled(http));
        return pages;
    }

    private static IResult Elements(HttpContext http, ElsaStudio studio, string place)
    {
        if (studio.Files is null) return Missing();
        return new RazorComponentResult<ElementsPage>(new { Here = place, Nonce = ContentPolicy.Send(http, webAssembly: true) });
    }

    private static Task NotInstalled(HttpContext http) => Missing().ExecuteAsync(http);

    private static ProblemHttpResult Missing() => TypedResults.Problem(
        $"Elsa Studio (npm package {ElsaStudio.Package}) is not installed. Run 'npm ci' in the folder of AgentOS, then start it again.",
        statusCode: StatusCodes.Status503ServiceUnavailable, title: "Elsa Studio is missing");
}
