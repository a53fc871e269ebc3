namespace AgentOS.Server.Hosting.Access;

/// <summary>
/// How Elsa's own clients sign in: by a name and a password. There is one user, so the name does not matter, the password is the owner's
/// token, and the token that is given back is the same.
/// </summary>
internal static class ElsaIdentity
{
    public static void MapElsaIdentity(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/elsa/api/identity/login", (ElsaLogin login, OwnerToken token) => Answer(token.Matches(login.Password) ? login.Password : null)).AllowAnonymous().ExcludeFromDescription();
        // Who asks shows the token already.
        routes.MapPost("/elsa/api/identity/refresh-token", (HttpContext http) => Answer(http.Request.Headers.Authorization.ToString().Split(' ', 2, StringSplitOptions.TrimEntries) is [_, var shown] ? shown : null)).ExcludeFromDescription();
    }

    private static IResult Answer(string? token) => token is null
        ? Results.Text("""{"isAuthenticated":false}""", "application/json")
        : Results.Json(new { isAuthenticated = true, accessToken = token, refreshToken = token }, Elsa);

    private static readonly System.Text.Json.JsonSerializerOptions Elsa = new(System.Text.Json.JsonSerializerDefaults.Web);
}

/// <summary>What Elsa's clients send.</summary>
internal sealed record ElsaLogin(string? Username, string? Password);
