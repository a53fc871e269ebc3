using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace AgentOS.Server.Hosting.Access;

internal static class AccessSetup
{
    public static IServiceCollection AddAccess(this IServiceCollection services, string token)
    {
        services.AddSingleton(provider => new OwnerToken(token, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<OneTimeLinks>();
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
        }).WithTags("Server").WithSummary("A link that opens the dashboard in a browser, once.");

        routes.MapGet(OwnerAuthentication.OpenPath, (HttpContext http, OwnerToken token) =>
        {
            http.Response.Cookies.Append(OwnerAuthentication.Cookie, token.NewSession(), new()
            {
                HttpOnly = true,
                Secure = http.Request.IsHttps,
                SameSite = SameSiteMode.Lax,
                MaxAge = OwnerToken.SessionLength,
                IsEssential = true,
            });
            return Results.LocalRedirect("/");
        }).ExcludeFromDescription();
    }
}

/// <summary>A one-time link for a browser.</summary>
internal sealed record OpenLink(string Url, DateTimeOffset Expires);
