using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Engine.Runtime.Http;

/// <summary>Who may call HTTP endpoints of workflows.</summary>
public sealed class HttpTriggerOptions
{
    /// <summary>
    /// Asked before a workflow sees the request: whether the endpoint wants an authorised caller, and the name of its policy.
    /// Where it answers false it has written the refusal into the response. Null: the host has checked the caller before.
    /// </summary>
    public Func<HttpContext, bool, string?, ValueTask<bool>>? Authorize { get; set; }
}

/// <summary>Asks the host, and its policies, before a workflow sees a request. A policy that nobody knows lets nobody in.</summary>
internal sealed class HttpAccess(HttpTriggerOptions options)
{
    public async ValueTask<bool> AllowAsync(HttpContext http, bool authorize, string? policy)
    {
        if (options.Authorize is { } allowed && !await allowed(http, authorize, policy)) return false;
        if (string.IsNullOrEmpty(policy) || await FitsAsync(http, policy)) return true;
        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        await http.Response.WriteAsJsonAsync(new { message = $"The policy '{policy}' of this endpoint does not let you in, or this server has none of that name." });
        return false;
    }

    private static async Task<bool> FitsAsync(HttpContext http, string policy) =>
        http.RequestServices.GetService<IAuthorizationPolicyProvider>() is { } policies && await policies.GetPolicyAsync(policy) is { } known
        && (await http.RequestServices.GetRequiredService<IAuthorizationService>().AuthorizeAsync(http.User, null, known)).Succeeded;
}
