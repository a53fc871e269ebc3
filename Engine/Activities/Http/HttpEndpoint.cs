using System.Runtime.CompilerServices;
using AgentOS.Engine.Services;
using Elsa.Extensions;
using Elsa.Http.Bookmarks;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Microsoft.AspNetCore.Http;

namespace Elsa.Http;

/// <summary>Starts a workflow, or goes on with it, when a request comes to its path.</summary>
[Output(IsSerializable = false)]
[Activity("Elsa", "HTTP", "Waits for an HTTP request.", DisplayName = "HTTP Endpoint")]
public class HttpEndpoint : Trigger<HttpRequest>
{
    public HttpEndpoint([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
    public HttpEndpoint(Input<string> path, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => Path = path;

    [Input(Description = "The path behind the server's own part of it; it may have parameters: orders/{id}.", UIHint = "singleline", UIHandler = typeof(HttpEndpointPaths))]
    public Input<string> Path { get; set; } = null!;

    [Input(Description = "The methods that are answered.", UIHint = "checklist", Options = new[] { "GET", "POST", "PUT", "HEAD", "DELETE" })]
    public Input<ICollection<string>> SupportedMethods { get; set; } = new((ICollection<string>)[HttpMethods.Get]);

    [Input(Description = "Whether the caller has to be allowed by the policy. A credential is always needed.", Category = "Security")]
    public Input<bool> Authorize { get; set; } = new(false);

    [Input(Description = "The policy.", Category = "Security")]
    public Input<string?> Policy { get; set; } = new(default(string?));

    [Input(Description = "How long the request may take, such as 00:00:30. The run is cancelled then, and the caller told.", Category = "Upload")]
    public Input<TimeSpan?> RequestTimeout { get; set; } = null!;

    [Input(Description = "The largest body, in bytes.", Category = "Upload")]
    public Input<long?> RequestSizeLimit { get; set; } = null!;

    [Input(Description = "The largest file, in bytes.", Category = "Upload")]
    public Input<long?> FileSizeLimit { get; set; } = null!;

    [Input(Description = "Only files with these extensions are taken, such as .pdf. None: all are.", Category = "Upload", UIHint = "multitext")]
    public Input<ICollection<string>> AllowedFileExtensions { get; set; } = null!;

    [Input(Description = "Files with these extensions are not taken.", Category = "Upload", UIHint = "multitext")]
    public Input<ICollection<string>> BlockedFileExtensions { get; set; } = null!;

    [Input(DisplayName = "Allowed MIME types", Description = "Only files that say that they are of these types are taken. None: all are.", Category = "Upload", UIHint = "multitext")]
    public Input<ICollection<string>> AllowedMimeTypes { get; set; } = null!;

    [Input(DisplayName = "A way on: request too large", Description = "The workflow goes on with 'Request too large' instead of the caller being refused.", Category = "Outcomes")]
    public bool ExposeRequestTooLargeOutcome { get; set; }

    [Input(DisplayName = "A way on: file too large", Description = "The workflow goes on with 'File too large' instead of the caller being refused.", Category = "Outcomes")]
    public bool ExposeFileTooLargeOutcome { get; set; }

    [Input(DisplayName = "A way on: extension", Description = "The workflow goes on with 'Invalid file extension' instead of the caller being refused.", Category = "Outcomes")]
    public bool ExposeInvalidFileExtensionOutcome { get; set; }

    [Input(DisplayName = "A way on: MIME type", Description = "The workflow goes on with 'Invalid file MIME type' instead of the caller being refused.", Category = "Outcomes")]
    public bool ExposeInvalidFileMimeTypeOutcome { get; set; }

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
        var http = HttpAnswer.Required(context);
        var request = http.Request;
        if (Result is not null) context.ExpressionExecutionContext.SetBoundValue(Result, request);
        context.Set(RouteData, HttpTriggers.GetRouteData(http).ToDictionary(x => x.Key, x => x.Value!), nameof(RouteData));
        context.Set(QueryStringData, request.Query.ToDictionary(x => x.Key, x => Single(x.Value)), nameof(QueryStringData));
        context.Set(Headers, request.Headers.Where(x => !IsSecret(x.Key)).ToDictionary(x => x.Key, x => Single(x.Value)), nameof(Headers));
        var refusal = await ReadBodyAsync(context, http);
        if (refusal is null) await context.CompleteActivityAsync();
        else if (refusal.IsWayOn) await context.CompleteActivityWithOutcomesAsync(refusal.Outcome);
        else throw HttpAnswer.Refuse(http, refusal.Status, refusal.Message);
    }

    private async ValueTask<UploadRefusal?> ReadBodyAsync(ActivityExecutionContext context, HttpContext http)
    {
        var request = http.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsDelete(request.Method)) return null;
        var limit = RequestSizeLimit.GetOrDefault(context);
        if (limit is { } most && request.ContentLength > most) return TooLarge(http, limit);
        try
        {
            if (!request.HasFormContentType)
            {
                context.Set(ParsedContent, await HttpBodies.ReadAsync(http, context.CancellationToken), nameof(ParsedContent));
                return null;
            }
            var form = await request.ReadFormAsync(context.CancellationToken);
            context.Set(ParsedContent, form.ToDictionary(x => x.Key, x => Single(x.Value)), nameof(ParsedContent));
            if (Check(context, form.Files) is { } refusal) return refusal;
            if (Files is not null) context.ExpressionExecutionContext.SetBoundValue(Files, form.Files.ToArray());
            if (File is not null) context.ExpressionExecutionContext.SetBoundValue(File, form.Files.Count > 0 ? form.Files[0] : null);
            return null;
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            // Of a body that did not say how large it is.
            return TooLarge(http, limit);
        }
        catch (InvalidDataException broken)
        {
            throw HttpAnswer.Refuse(http, StatusCodes.Status400BadRequest, $"The form cannot be read: {broken.Message}");
        }
    }

    private UploadRefusal TooLarge(HttpContext http, long? limit)
    {
        // What is left of the body stays unread, so the connection ends after the answer: a caller who is not told would send the next request into it.
        http.Response.Headers.Connection = "close";
        return new(StatusCodes.Status413PayloadTooLarge, "Request too large", ExposeRequestTooLargeOutcome,
            limit is null ? "The request is larger than this server takes." : $"The request is larger than the {limit} bytes that this endpoint takes.");
    }

    private UploadRefusal? Check(ActivityExecutionContext context, IFormFileCollection files)
    {
        if (FileSizeLimit.GetOrDefault(context) is { } limit && files.Any(file => file.Length > limit))
            return new(StatusCodes.Status413PayloadTooLarge, "File too large", ExposeFileTooLargeOutcome, $"A file is larger than the {limit} bytes that this endpoint takes.");
        if (AllowedFileExtensions.GetOrDefault(context) is { Count: > 0 } allowed && !files.All(file => Has(allowed, file)))
            return new(StatusCodes.Status415UnsupportedMediaType, "Invalid file extension", ExposeInvalidFileExtensionOutcome, $"This endpoint takes files of these extensions only: {string.Join(", ", allowed)}");
        if (BlockedFileExtensions.GetOrDefault(context) is { Count: > 0 } blocked && files.Any(file => Has(blocked, file)))
            return new(StatusCodes.Status415UnsupportedMediaType, "Invalid file extension", ExposeInvalidFileExtensionOutcome, $"This endpoint takes no files of these extensions: {string.Join(", ", blocked)}");
        if (AllowedMimeTypes.GetOrDefault(context) is { Count: > 0 } types && !files.All(file => types.Contains(file.ContentType, StringComparer.OrdinalIgnoreCase)))
            return new(StatusCodes.Status415UnsupportedMediaType, "Invalid file MIME type", ExposeInvalidFileMimeTypeOutcome, $"This endpoint takes files of these MIME types only: {string.Join(", ", types)}");
        return null;
    }

    private static bool Has(ICollection<string> extensions, IFormFile file)
    {
        var extension = System.IO.Path.GetExtension(file.FileName).TrimStart('.');
        return extensions.Any(each => each.Trim().TrimStart('.').Equals(extension, StringComparison.OrdinalIgnoreCase));
    }

    // Instances are shown to people and exported: the credential of the caller is not theirs.
    private static bool IsSecret(string header) => header.Equals("Authorization", StringComparison.OrdinalIgnoreCase) || header.Equals("Cookie", StringComparison.OrdinalIgnoreCase);

    private static object Single(Microsoft.Extensions.Primitives.StringValues values) => values.Count == 1 ? values[0]! : values.ToArray();
}

/// <summary>Why a request is not taken. It is a way on where the definition says so.</summary>
internal sealed record UploadRefusal(int Status, string Outcome, bool IsWayOn, string Message);
