using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Studio.Elements;

/// <summary>
/// Elsa Studio's pages. They are documents of their own: its WebAssembly Blazor and that of Mission Control's circuit cannot share one.
/// </summary>
public static class ElementsSetup
{
    public static IServiceCollection AddElsaStudio(this IServiceCollection services, Action<StudioOptions>? configure = null)
    {
        services.Configure(configure ?? (_ => { }));
        services.AddRazorComponents();
        return services.AddSingleton<ElsaStudio>().AddSingleton<OwnAssets>();
    }

    public static void MapElsaStudio(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").ExcludeFromDescription();
        pages.MapGet("/studio", () => Results.LocalRedirect("/studio/workflows"));
        foreach (var place in new[] { "/studio/workflows", "/studio/instances" })
        {
            pages.MapGet(place, (HttpContext http, ElsaStudio studio) => Elements(http, studio, place));
            pages.MapGet(place + "/{id}", (HttpContext http, ElsaStudio studio) => Elements(http, studio, place));
        }

        // The addresses that Elsa Studio itself pushes into the history, and that people therefore reload and share.
        pages.MapGet("/studio/workflows/definitions/{id}/edit", (string id) => Results.LocalRedirect($"/studio/workflows/{Escaped(id)}"));
        pages.MapGet("/studio/workflows/instances/{id}/view", (string id) => Results.LocalRedirect($"/studio/instances/{Escaped(id)}"));

        pages.MapGet(OwnAssets.Prefix + "{name}", (HttpContext http, OwnAssets assets, string name) => assets.Serve(http, name));
        pages.MapGet(AssemblyBundle.Prefix + "{version}", (HttpContext http, ElsaStudio studio, string version) => studio.Assemblies?.ServeAsync(http, version) ?? NotInstalled(http));
        pages.MapGet("/studio/fonts/{**path}", (HttpContext http, ElsaStudio studio, string path) => studio.Fonts?.ServeAsync(http, "files/" + path) ?? NotInstalled(http));
        pages.MapGet("/studio/{**path}", (HttpContext http, ElsaStudio studio, string path) => studio.Files?.ServeAsync(http, path) ?? NotInstalled(http));
    }

    // A slash within a segment comes as it was sent.
    private static string Escaped(string id) => Uri.EscapeDataString(id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase));

    private static IResult Elements(HttpContext http, ElsaStudio studio, string place) =>
        studio.Files is null ? Missing() : new RazorComponentResult<ElementsPage>(new { Here = place, Http = http });

    private static Task NotInstalled(HttpContext http) => Missing().ExecuteAsync(http);

    private static ProblemHttpResult Missing() => TypedResults.Problem(
        $"Elsa Studio (npm package {ElsaStudio.Package}) is not installed. Run 'npm ci' in the folder of AgentOS, then start it again.",
        statusCode: StatusCodes.Status503ServiceUnavailable, title: "Elsa Studio is missing");
}
