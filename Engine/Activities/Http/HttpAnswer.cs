using System.Buffers;
using System.Text.Json;
using AgentOS.Engine.Services;
using Elsa.Workflows;
using Elsa.Workflows.Exceptions;
using Microsoft.AspNetCore.Http;

namespace Elsa.Http;

/// <summary>The request that a workflow runs for, and who answers it.</summary>
internal static class HttpAnswer
{
    /// <exception cref="FaultException">The run has no request any more.</exception>
    public static HttpContext Required(ActivityExecutionContext context) => context.GetRequiredService<IHttpContextAccessor>().HttpContext ?? throw ContextLost();

    public static FaultException ContextLost() => new("HTTP_CONTEXT_LOST", "HTTP", DefaultFaultTypes.System,
        "The HTTP context was lost during workflow execution. This typically occurs when a workflow initiated from an HTTP endpoint is suspended and later resumed in a different execution context. Answer the request before the workflow waits.");

    /// <exception cref="InvalidOperationException">Another activity has answered the request.</exception>
    public static void Claim(HttpContext http)
    {
        if (HttpTriggers.IsAnswered(http) || http.Response.HasStarted) throw new InvalidOperationException("The request has been answered already.");
    }

    /// <summary>Answers the caller, and faults the activity with the same words.</summary>
    public static FaultException Refuse(HttpContext http, int status, string message)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.BodyWriter.Write(JsonSerializer.SerializeToUtf8Bytes(new { message }));
        HttpTriggers.MarkAnswered(http);
        return new FaultException("BAD_REQUEST", "HTTP", DefaultFaultTypes.Business, message);
    }
}
