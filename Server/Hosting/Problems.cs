using System.Diagnostics;
using System.Text.Json;
using AgentOS.Kernel;
using AgentOS.Kernel.Database;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace AgentOS.Server.Hosting;

/// <summary>Every error of the API is a problem document (RFC 9457) whose detail says what to do.</summary>
internal sealed class Problems(ILogger<Problems> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext http, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && http.RequestAborted.IsCancellationRequested) return true;
        var (status, title, detail) = Describe(exception);
        if (status >= 500) log.LogError(exception, "{Method} {Path} failed", http.Request.Method, http.Request.Path);
        await WriteAsync(http, status, title, detail);
        return true;
    }

    public static Task WriteAsync(HttpContext http, int status, string title, string detail)
    {
        http.Response.StatusCode = status;
        var problem = new ProblemDetails { Status = status, Title = title, Detail = detail, Instance = http.Request.Path };
        problem.Extensions["traceId"] = Activity.Current?.Id ?? http.TraceIdentifier;
        return http.Response.WriteAsJsonAsync(problem, JsonSerializerOptions.Web, "application/problem+json");
    }

    /// <summary>Gives the empty answers of the framework (401, 404, 405, 415 …) a body: a page for a browser, a problem for a program.</summary>
    public static Task DescribeStatusAsync(StatusCodeContext context)
    {
        var http = context.HttpContext;
        // What workflows answer is theirs, and so is what Elsa answers where none is.
        if (http.Request.Path.StartsWithSegments("/workflows") && http.Response.StatusCode is not (401 or 403)) return Task.CompletedTask;
        var (title, detail) = http.Response.StatusCode switch
        {
            401 => ("Credential needed", "Send the token of the data folder as 'Authorization: Bearer …'; for a browser, run 'agentos dashboard' and open its link."),
            403 => ("Forbidden", "This credential does not reach here."),
            404 => ("Not found", $"There is nothing at {http.Request.Path}. The routes are in /openapi/v1.json."),
            405 => ("Method not allowed", $"{http.Request.Path} does not take {http.Request.Method}. The routes are in /openapi/v1.json."),
            413 => ("Too large", "The request is larger than this route takes."),
            415 => ("Unsupported media type", "Send the body as application/json."),
            var status => ("Request failed", $"The server answered {status}."),
        };
        if (http.Response.StatusCode != 401 || !WantsPage(http)) return WriteAsync(http, http.Response.StatusCode, title, detail);

        http.Response.ContentType = "text/html; charset=utf-8";
        return http.Response.WriteAsync("""
            <!doctype html><html lang="en"><meta charset="utf-8"><title>AgentOS</title>
            <body style="font:16px/1.5 system-ui;max-width:36em;margin:15vh auto;padding:0 1em">
            <h1>AgentOS</h1><p>This browser has no session. Run <code>agentos dashboard</code> and open the link that it prints.</p>
            """);
    }

    private static (int Status, string Title, string Detail) Describe(Exception error) => error switch
    {
        BadHttpRequestException { InnerException: JsonException json } => (400, "Malformed body", $"The body is not the JSON that this route takes: {json.Message}"),
        BadHttpRequestException bad => (bad.StatusCode, "Bad request", bad.Message),
        NotFoundException missing => (404, "Not found", missing.Message),
        RefusedException refused => (409, "Refused", refused.Message),
        AgentOSException known => (400, "Refused", known.Message),
        _ => (500, "Internal error", "The server failed at this. Its log says why: 'logs' in the data folder."),
    };

    private static bool WantsPage(HttpContext http) =>
        HttpMethods.IsGet(http.Request.Method) && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
}
