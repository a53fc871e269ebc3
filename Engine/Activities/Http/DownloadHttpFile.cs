using System.Reflection;
using System.Runtime.CompilerServices;
using AgentOS.Engine.Http;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace Elsa.Http;

/// <summary>Fetches a file. It lives as long as the instance runs without waiting: a step that waits before it is used loses it, so write its bytes into a variable then.</summary>
[Output(IsSerializable = false)]
[Activity("Elsa", "HTTP", "Fetches a file from an address.", DisplayName = "Download File", Kind = ActivityKind.Task)]
public class DownloadHttpFile : Activity<HttpFile>, IActivityPropertyDefaultValueProvider
{
    public DownloadHttpFile([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }

    [Input(DisplayName = "URL", Description = "A full http or https address. Addresses that are not on the public internet have to be allowed by the server's owner.")]
    public Input<Uri?> Url { get; set; } = null!;

    [Input(Description = "The method.", UIHint = "dropdown", Options = new[] { "GET", "POST", "PUT" }, DefaultValue = "GET")]
    public Input<string> Method { get; set; } = new("GET");

    [Input(DisplayName = "Expected status codes", Description = "Statuses that have a way on of their own.", UIHint = "multitext", DefaultValueProvider = typeof(DownloadHttpFile))]
    public Input<ICollection<int>> ExpectedStatusCodes { get; set; } = null!;

    [Input(Name = "Content", DisplayName = "Request content", Description = "The body: text and bytes as they are, anything else in the form that the content type names.")]
    public Input<object?> RequestContent { get; set; } = null!;

    [Input(DisplayName = "Content type", Description = "What the body is.", UIHint = "dropdown", UIHandler = typeof(HttpContentTypes))]
    public Input<string?> RequestContentType { get; set; } = null!;

    [Input(Description = "The Authorization header, such as Bearer and a token. It is not recorded.", Category = "Security", CanContainSecrets = true)]
    public Input<string?> Authorization { get; set; } = null!;

    [Input(DisplayName = "Authorization as it is", Description = "Sends the Authorization header also when it has no scheme.", Category = "Security")]
    public Input<bool> DisableAuthorizationHeaderValidation { get; set; } = null!;

    [Input(DisplayName = "Headers", Description = "Further headers, as a JSON object.", Category = "Advanced", UIHint = "json-editor")]
    public Input<HttpHeaders?> RequestHeaders { get; set; } = new(new HttpHeaders());

    [Output(Description = "The answer.", IsSerializable = false)]
    public Output<HttpResponseMessage>? Response { get; set; }

    [Output(Description = "The status of the answer.")]
    public Output<int>? StatusCode { get; set; }

    [Output(DisplayName = "Content as a stream", Description = "What was fetched, to read once.", IsSerializable = false)]
    public Output<Stream?>? ResponseContentStream { get; set; }

    [Output(DisplayName = "Content as bytes", Description = "What was fetched.", IsSerializable = false)]
    public Output<byte[]?>? ResponseContentBytes { get; set; }

    [Output(Description = "The headers of the answer.")]
    public Output<HttpHeaders?>? ResponseHeaders { get; set; }

    [Output(DisplayName = "Content headers", Description = "The headers that describe what was fetched.")]
    public Output<HttpHeaders?>? ResponseContentHeaders { get; set; }

    object? IActivityPropertyDefaultValueProvider.GetDefaultValue(PropertyInfo property) => property.Name == nameof(ExpectedStatusCodes) ? new List<int> { 200 } : null;

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        using var request = OutgoingRequest.Create(Url.GetOrDefault(context), Method.GetOrDefault(context), Authorization.GetOrDefault(context),
            DisableAuthorizationHeaderValidation.GetOrDefault(context), RequestHeaders.GetOrDefault(context), RequestContent.GetOrDefault(context), RequestContentType.GetOrDefault(context));
        try
        {
            var answer = await context.GetRequiredService<OutgoingHttp>().SendAsync(request, context.CancellationToken);
            await StoreAsync(context, answer);
            await context.CompleteActivityWithOutcomesAsync(StatusOutcomes.Of(ExpectedStatusCodes.GetOrDefault(context), answer));
        }
        catch (HttpRequestException unreachable)
        {
            context.AddExecutionLogEntry("Error", unreachable.Message);
            context.JournalData["Error"] = unreachable.Message;
            await context.CompleteActivityWithOutcomesAsync(StatusOutcomes.FailedToConnect);
        }
        catch (TaskCanceledException late) when (!context.CancellationToken.IsCancellationRequested)
        {
            context.AddExecutionLogEntry("Error", late.Message);
            context.JournalData["Cancelled"] = true;
            await context.CompleteActivityWithOutcomesAsync(StatusOutcomes.Timeout);
        }
    }

    private async Task StoreAsync(ActivityExecutionContext context, HttpResponseMessage answer)
    {
        var bytes = await answer.Content.ReadAsByteArrayAsync(context.CancellationToken);
        var headers = answer.Content.Headers;
        var file = new HttpFile(new MemoryStream(bytes), HttpFile.NameOf(answer), headers.ContentType?.MediaType, answer.Headers.ETag?.Tag);
        context.Set(Response, answer, nameof(Response));
        context.Set(Result, file, nameof(Result));
        context.Set(ResponseContentStream, file.Stream, nameof(ResponseContentStream));
        context.Set(ResponseContentBytes, bytes, nameof(ResponseContentBytes));
        context.Set(StatusCode, (int)answer.StatusCode, nameof(StatusCode));
        context.Set(ResponseHeaders, new HttpHeaders(answer.Headers), nameof(ResponseHeaders));
        context.Set(ResponseContentHeaders, new HttpHeaders(headers), nameof(ResponseContentHeaders));
    }
}
