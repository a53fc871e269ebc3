using System.Net.Http.Headers;
using System.Text;
using AgentOS.Engine.State;
using Elsa.Expressions.Helpers;
using Elsa.Http;
using Elsa.Workflows.Exceptions;
using Elsa.Workflows;
using Microsoft.AspNetCore.Http;

namespace AgentOS.Engine.Http;

/// <summary>A request, of the inputs of an activity.</summary>
internal static class OutgoingRequest
{
    /// <exception cref="FaultException">The inputs make no request; the message says which and why.</exception>
    public static HttpRequestMessage Create(Uri? url, string? method, string? authorization, bool asItIs, Elsa.Http.HttpHeaders? headers, object? content, string? contentType)
    {
        if (url is not { IsAbsoluteUri: true, Scheme: "http" or "https" }) throw Wrong($"The URL '{url}' is not a full http or https address.");
        try
        {
            var request = new HttpRequestMessage(new HttpMethod(method is { Length: > 0 } ? method : "GET"), url);
            if (!string.IsNullOrWhiteSpace(authorization))
            {
                if (asItIs) request.Headers.TryAddWithoutValidation("Authorization", authorization);
                else request.Headers.Authorization = AuthenticationHeaderValue.Parse(authorization);
            }
            if (content is not null) request.Content = Body(content, contentType);
            foreach (var (name, values) in headers ?? []) Add(request, name, values);
            return request;
        }
        catch (FormatException wrong)
        {
            // Headers and their values: what they hold may be secret, and is not repeated.
            throw Wrong($"The request cannot be made of the method, the content type, the headers or the Authorization header that were given: {wrong.GetType().Name}. A header is one line of ASCII text, Authorization a scheme and a value.");
        }
    }

    private static void Add(HttpRequestMessage request, string name, string[] values)
    {
        if (name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
        {
            if (request.Content is null) return;
            request.Content.Headers.Remove(name);
            request.Content.Headers.Add(name, values);
        }
        else request.Headers.Add(name, values);
    }

    private static HttpContent Body(object content, string? contentType)
    {
        var type = contentType is { Length: > 0 } ? MediaTypeHeaderValue.Parse(contentType) : null;
        var form = type?.MediaType?.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true;
        HttpContent body = content switch
        {
            byte[] bytes => new ByteArrayContent(bytes),
            HttpFile file => new StreamContent(file.Rewound()),
            IFormFile file => new StreamContent(file.OpenReadStream()),
            Stream stream => new StreamContent(stream),
            string text when form && !text.TrimStart().StartsWith('{') => Text(text),
            _ when form => new FormUrlEncodedContent(Fields(content)),
            string text => Text(text),
            _ when IsText(type) => Text(content.ConvertTo<string>() ?? ""),
            _ => new ByteArrayContent(EngineJson.ToUtf8(content)),
        };
        body.Headers.ContentType = type ?? body.Headers.ContentType ?? new(content switch
        {
            string => "text/plain",
            HttpFile { ContentType: { Length: > 0 } given } => given,
            byte[] or Stream or HttpFile or IFormFile => "application/octet-stream",
            _ => "application/json",
        });
        return body;
    }

    // Bytes, so that no charset is added to a content type that was given.
    private static ByteArrayContent Text(string text) => new(Encoding.UTF8.GetBytes(text));

    private static bool IsText(MediaTypeHeaderValue? type) =>
        type?.MediaType is { } media && (media.StartsWith("text/", StringComparison.OrdinalIgnoreCase) && !media.Equals("text/json", StringComparison.OrdinalIgnoreCase) || media.EndsWith("xml", StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<KeyValuePair<string, string?>> Fields(object content) =>
        content.ConvertTo<IDictionary<string, object>>()?.Select(field => KeyValuePair.Create(field.Key, field.Value.ConvertTo<string>())) ?? [];

    private static FaultException Wrong(string message) => new("BAD_REQUEST", "HTTP", DefaultFaultTypes.Business, message);
}
