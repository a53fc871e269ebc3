using System.Runtime.CompilerServices;
using AgentOS.Engine.Services;
using Elsa.Extensions;
using Elsa.Http.Bookmarks;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Exceptions;
using Elsa.Workflows.Models;
using Microsoft.AspNetCore.Http;

namespace Elsa.Http;

/// <summary>Starts a workflow, or goes on with it, when a request comes to its path.</summary>
[FlowNode("Done")]
[Activity("Elsa", "HTTP", "Waits for an HTTP request.", DisplayName = "HTTP Endpoint")]
public class HttpEndpoint : Trigger<HttpRequest>
{
    public HttpEndpoint([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
    public HttpEndpoint(Input<string> path, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => Path = path;

    [Input(Description = "The path behind /workflows, which may have parameters: orders/{id}.")]
    public Input<string> Path { get; set; } = null!;

    [Input(Description = "The methods that are answered.", UIHint = "checklist", Options = new[] { "GET", "POST", "PUT", "HEAD", "DELETE", "PATCH" })]
    public Input<ICollection<string>> SupportedMethods { get; set; } = new((ICollection<string>)[HttpMethods.Get]);

    [Input(Description = "Whether the caller has to be allowed by the policy. A credential is always needed.", Category = "Security")]
    public Input<bool> Authorize { get; set; } = new(false);

    [Input(Description = "The policy.", Category = "Security")]
    public Input<string?> Policy { get; set; } = new(default(string?));

    [Input(Description = "How long the request may take.", Category = "Upload")]
    public Input<TimeSpan?> RequestTimeout { get; set; } = null!;

    [Input(Description = "The largest body, in bytes.", Category = "Upload")]
    public Input<long?> RequestSizeLimit { get; set; } = null!;

    [Output(Description = "The body: JSON as objects, a form as a dictionary, else text.")]
    public Output<object?>? ParsedContent { get; set; }

    [Output(Description = "The files that were sent.", IsSerializable = false)]
    public Output<IFormFile[]>? Files { get; set; }

    [Output(Description = "The first file that was sent.", IsSerializable = false)]
    public Output<IFormFile>? File { get; set; }

    [Output(Description = "The parameters of the path.")]
    public Output<IDictionary<string, object>>? RouteData { get; set; }

    [Output(Description = "The query.")]
    public Output<IDictionary<string, object>>? QueryStringData { get; set; }

    [Output(Description = "The headers.")]
    public Output<IDictionary<string, object>>? Headers { get; set; }

    protected override IEnumerable<object> GetTriggerPayloads(TriggerIndexingContext context) =>
        Payloads(context.Get(Path), context.Get(SupportedMethods), context.Get(Authorize), context.Get(Policy), context.Get(RequestTimeout), context.Get(RequestSizeLimit));

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow())
        {
            await HandleAsync(context);
            return;
        }

        var payloads = Payloads(context.Get(Path), context.Get(SupportedMethods), context.Get(Authorize), context.Get(Policy), RequestTimeout.GetOrDefault(context), RequestSizeLimit.GetOrDefault(context));
        context.CreateBookmarks(payloads, OnResumeAsync, false);
    }

    private static IEnumerable<HttpEndpointBookmarkPayload> Payloads(string? path, ICollection<string>? methods, bool authorize, string? policy, TimeSpan? timeout, long? size) =>
        (methods is { Count: > 0 } ? methods : [HttpMethods.Get]).Select(method => new HttpEndpointBookmarkPayload(path ?? "", method, authorize, policy, timeout, size));

    private ValueTask OnResumeAsync(ActivityExecutionContext context) => HandleAsync(context);

    private async ValueTask HandleAsync(ActivityExecutionContext context)
    {
        var http = context.GetRequiredService<IHttpContextAccessor>().HttpContext ?? throw HttpAnswer.ContextLost();
        var request = http.Request;
        if (Result is not null) context.ExpressionExecutionContext.SetBoundValue(Result, request);
        context.Set(RouteData, HttpTriggers.GetRouteData(http).ToDictionary(x => x.Key, x => x.Value!), nameof(RouteData));
        context.Set(QueryStringData, request.Query.ToDictionary(x => x.Key, x => Single(x.Value)), nameof(QueryStringData));
        context.Set(Headers, request.Headers.Where(x => !IsSecret(x.Key)).ToDictionary(x => x.Key, x => Single(x.Value)), nameof(Headers));
        await ReadBodyAsync(context, http);
        await context.CompleteActivityAsync();
    }

    private async ValueTask ReadBodyAsync(ActivityExecutionContext context, HttpContext http)
    {
        var request = http.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsDelete(request.Method)) return;
        if (RequestSizeLimit.GetOrDefault(context) is { } limit && request.ContentLength > limit)
            throw HttpAnswer.Refuse(http, StatusCodes.Status413PayloadTooLarge, $"The body is larger than the {limit} bytes that this endpoint takes.");

        if (request.HasFormContentType)
        {
            var form = await request.ReadFormAsync(context.CancellationToken);
            context.Set(ParsedContent, form.ToDictionary(x => x.Key, x => Single(x.Value)), nameof(ParsedContent));
            if (Files is not null) context.ExpressionExecutionContext.SetBoundValue(Files, form.Files.ToArray());
            if (File is not null) context.ExpressionExecutionContext.SetBoundValue(File, form.Files.Count > 0 ? form.Files[0] : null);
            return;
        }

        context.Set(ParsedContent, await HttpBodies.ReadAsync(http, context.CancellationToken), nameof(ParsedContent));
    }

    // Instances are shown to people and exported: the credential of the caller is not theirs.
    private static bool IsSecret(string header) => header.Equals("Authorization", StringComparison.OrdinalIgnoreCase) || header.Equals("Cookie", StringComparison.OrdinalIgnoreCase);

    private static object Single(Microsoft.Extensions.Primitives.StringValues values) => values.Count == 1 ? values[0]! : values.ToArray();
}

internal static class HttpAnswer
{
    public static FaultException ContextLost() => new("HTTP_CONTEXT_LOST", "HTTP", DefaultFaultTypes.System,
        "The HTTP context was lost during workflow execution. This typically occurs when a workflow initiated from an HTTP endpoint is suspended and later resumed in a different execution context. Answer the request before the workflow waits.");

    /// <summary>Answers the caller, and faults the activity with the same words.</summary>
    public static FaultException Refuse(HttpContext http, int status, string message)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        System.Buffers.BuffersExtensions.Write(http.Response.BodyWriter, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new { message }));
        HttpTriggers.MarkAnswered(http);
        return new FaultException("BAD_REQUEST", "HTTP", DefaultFaultTypes.Business, message);
    }
}
