using System.Globalization;
using System.Net;
using AgentOS.Engine.Definitions;
using AgentOS.Engine.Execution;
using AgentOS.Engine.Http;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace Elsa.Http;

/// <summary>
/// Sends a request and hands the answer to the class below, which decides how the workflow goes on. A connection that cannot be made and an answer
/// that does not come in time are ways to go on too; a request that cannot be made of the inputs, and an answer that is too large, are faults.
/// </summary>
[Output(IsSerializable = false)]
[Resilient("HTTP")]
public abstract class SendHttpRequestBase : Activity<HttpResponseMessage>
{
    protected SendHttpRequestBase(string? source = null, int? line = null) : base(source, line) { }

    [Input(DisplayName = "URL", Description = "A full http or https address. Addresses that are not on the public internet have to be allowed by the server's owner.", Order = 0)]
    public Input<Uri?> Url { get; set; } = null!;

    [Input(Description = "The method.", UIHint = "dropdown", Options = new[] { "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD" }, DefaultValue = "GET", Order = 1)]
    public Input<string> Method { get; set; } = new("GET");

    [Input(Description = "The body: text and bytes as they are, anything else in the form that the content type names.", Order = 2)]
    public Input<object?> Content { get; set; } = null!;

    [Input(DisplayName = "Content type", Description = "What the body is. Without one, text is sent as text and anything else as JSON.", UIHint = "dropdown", UIHandler = typeof(HttpContentTypes), Order = 3)]
    public Input<string?> ContentType { get; set; } = null!;

    [Input(Description = "The Authorization header, such as Bearer and a token. It is not recorded.", Category = "Security", CanContainSecrets = true, Order = 4)]
    public Input<string?> Authorization { get; set; } = null!;

    [Input(DisplayName = "Authorization as it is", Description = "Sends the Authorization header also when it has no scheme.", Category = "Security", Order = 5)]
    public Input<bool> DisableAuthorizationHeaderValidation { get; set; } = null!;

    [Input(DisplayName = "Headers", Description = "Further headers, as a JSON object.", Category = "Advanced", UIHint = "json-editor", Order = 6)]
    public Input<HttpHeaders?> RequestHeaders { get; set; } = new(new HttpHeaders());

    [Input(DisplayName = "Try again", Description = "Tries up to eight times more, at growing intervals, where the server cannot be reached or says that it is overloaded. A resilience strategy that is chosen goes before it.")]
    public Input<bool> EnableResiliency { get; set; } = null!;

    [Output(Description = "The status of the answer.")]
    public Output<int>? StatusCode { get; set; }

    [Output(Description = "The body of the answer: JSON as objects, text as text, anything else as bytes.")]
    public Output<object?>? ParsedContent { get; set; }

    [Output(Description = "The headers of the answer.")]
    public Output<HttpHeaders?>? ResponseHeaders { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var client = context.GetRequiredService<OutgoingHttp>();
        try
        {
            var answer = await SendAsync(context, client);
            context.Set(Result, answer, nameof(Result));
            context.Set(ParsedContent, await AnswerBody.ParseAsync(answer.Content, context.CancellationToken), nameof(ParsedContent));
            context.Set(StatusCode, (int)answer.StatusCode, nameof(StatusCode));
            context.Set(ResponseHeaders, new HttpHeaders(answer.Headers), nameof(ResponseHeaders));
            await HandleResponseAsync(context, answer);
        }
        catch (HttpRequestException unreachable)
        {
            context.AddExecutionLogEntry("Error", unreachable.Message);
            context.JournalData["Error"] = unreachable.Message;
            await HandleRequestExceptionAsync(context, unreachable);
        }
        catch (TaskCanceledException late) when (!context.CancellationToken.IsCancellationRequested)
        {
            context.AddExecutionLogEntry("Error", late.Message);
            context.JournalData["Cancelled"] = true;
            await HandleTaskCanceledExceptionAsync(context, late);
        }
    }

    /// <summary>Goes on after an answer, whatever its status.</summary>
    protected abstract ValueTask HandleResponseAsync(ActivityExecutionContext context, HttpResponseMessage response);

    /// <summary>Goes on where no connection could be made, or none is allowed.</summary>
    protected abstract ValueTask HandleRequestExceptionAsync(ActivityExecutionContext context, HttpRequestException exception);

    /// <summary>Goes on where no answer came in time.</summary>
    protected abstract ValueTask HandleTaskCanceledExceptionAsync(ActivityExecutionContext context, TaskCanceledException exception);

    private async Task<HttpResponseMessage> SendAsync(ActivityExecutionContext context, OutgoingHttp client)
    {
        var strategy = await context.GetRequiredService<RetryStrategies>().OfAsync(context) ?? (EnableResiliency.GetOrDefault(context) ? RetryStrategy.Patient : null);
        // Studio shows it with the execution.
        if (strategy is not null) context.Properties["ResilienceStrategy"] = RetryStrategies.Shown(strategy);
        var retries = strategy?.MaxRetryAttempts ?? 0;
        var attempts = new RetryAttempts(context);
        for (var retry = 0; ; retry++)
        {
            Dictionary<string, string> reason;
            using var request = OutgoingRequest.Create(Url.GetOrDefault(context), Method.GetOrDefault(context), Authorization.GetOrDefault(context),
                DisableAuthorizationHeaderValidation.GetOrDefault(context), RequestHeaders.GetOrDefault(context), Content.GetOrDefault(context), ContentType.GetOrDefault(context));
            try
            {
                var answer = await client.SendAsync(request, context.CancellationToken);
                if (retry == retries || !IsTransient(answer.StatusCode)) return answer;
                reason = new() { ["StatusCode"] = ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture), ["ReasonPhrase"] = answer.ReasonPhrase ?? "" };
                answer.Dispose();
            }
            catch (HttpRequestException unreachable) when (retry < retries && !OutgoingHttp.IsRefused(unreachable))
            {
                reason = new() { ["Exception"] = unreachable.Message };
            }
            var delay = strategy!.Wait(retry);
            attempts.Add(delay, reason);
            await Task.Delay(delay, context.GetRequiredService<TimeProvider>(), context.CancellationToken);
        }
    }

    private static bool IsTransient(HttpStatusCode status) => status is HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests
        or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
}
