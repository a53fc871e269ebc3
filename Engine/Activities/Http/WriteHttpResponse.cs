using System.Net;
using System.Runtime.CompilerServices;
using AgentOS.Engine.Services;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace Elsa.Http;

/// <summary>Answers the HTTP request that the workflow runs for.</summary>
[Activity("Elsa", "HTTP", "Answers the HTTP request that the workflow runs for.", DisplayName = "HTTP Response")]
public class WriteHttpResponse : Activity
{
    public WriteHttpResponse([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
    public WriteHttpResponse(Input<object?> content, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => Content = content;
    public WriteHttpResponse(Input<object?> content, Input<string?> contentType, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(content, source, line) => ContentType = contentType;

    [Input(DisplayName = "Status code", Description = "The status.", UIHint = "dropdown", DefaultValue = HttpStatusCode.OK)]
    public Input<HttpStatusCode> StatusCode { get; set; } = new(HttpStatusCode.OK);

    [Input(Description = "What to answer: text as it is, anything else as JSON.")]
    public Input<object?> Content { get; set; } = null!;

    [Input(DisplayName = "Content type", Description = "Without one, it depends on the content.", UIHint = "dropdown", UIHandler = typeof(HttpContentTypes))]
    public Input<string?> ContentType { get; set; } = null!;

    [Input(DisplayName = "Headers", Description = "Further headers.", Category = "Advanced", UIHint = "json-editor")]
    public Input<HttpHeaders?> ResponseHeaders { get; set; } = new(new HttpHeaders());

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var http = HttpAnswer.Required(context);
        HttpAnswer.Claim(http);
        var response = http.Response;
        response.StatusCode = (int)context.Get(StatusCode);
        foreach (var (name, values) in context.Get(ResponseHeaders) ?? []) response.Headers[name] = values;
        await HttpBodies.WriteAsync(response, Content.GetOrDefault(context), ContentType.GetOrDefault(context) is { Length: > 0 } type ? type : null, context.CancellationToken);
        HttpTriggers.MarkAnswered(http);
        await context.CompleteActivityAsync();
    }
}
