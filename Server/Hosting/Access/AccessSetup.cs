using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace AgentOS.Server.Hosting.Access;

internal static class AccessSetup
{
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<OwnerToken>().AddSingleton<OneTimeLinks>();
        services.AddSingleton<BrowserSessions>().AddHostedService(provider => provider.GetRequiredService<BrowserSessions>());
        services.AddAuthentication(OwnerAuthentication.Name)
            .AddScheme<AuthenticationSchemeOptions, OwnerAuthentication>(OwnerAuthentication.Name, null);
        // The fallback holds for whatever says nothing itself: a new route is closed until it says otherwise.
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        return services;
    }

    public static void MapAccess(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/links", (OneTimeLinks links, HttpContext http) =>
        {
            var (code, expires) = links.New();
            return new OpenLink($"{http.Request.Scheme}://{http.Request.Host}{OwnerAuthentication.OpenPath}?code={code}", expires);
        }).WithTags("Access").WithSummary("A link that opens the dashboard in a browser, once.");

        routes.MapGet(OwnerAuthentication.OpenPath, async (HttpContext http, BrowserSessions browsers) =>
        {
            http.Response.Cookies.Append(OwnerAuthentication.Cookie, await browsers.OpenAsync(http), new()
            {
                HttpOnly = true,
                Secure = http.Request.IsHttps,
                SameSite = SameSiteMode.Lax,
                MaxAge = BrowserSessions.Length,
                IsEssential = true,
            });
            return Results.LocalRedirect("/");
        }).ExcludeFromDescription();
    }
}

/// <summary>A one-time link for a browser.</summary>
internal sealed record OpenLink(string Url, DateTimeOffset Expires);
