using System.Buffers;
using System.Dynamic;
using System.Text;
using System.Text.Json;
using AgentOS.Engine.State;
using Microsoft.AspNetCore.Http;

namespace Elsa.Http;

/// <summary>Bodies of requests as values, and values as bodies of answers.</summary>
internal static class HttpBodies
{
    public static async ValueTask<object?> ReadAsync(HttpContext http, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        var text = await reader.ReadToEndAsync(cancellationToken);
        if (text.Length == 0) return new ExpandoObject();
        if (!IsJson(http.Request.ContentType)) return text;
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = EngineJson.MaxDepth });
            return EngineJson.ToPlain(document.RootElement);
        }
        catch (JsonException e)
        {
            throw HttpAnswer.Refuse(http, StatusCodes.Status400BadRequest, $"The body is no JSON: {e.Message}");
        }
    }

    public static async ValueTask WriteAsync(HttpResponse response, object? content, string? contentType, CancellationToken cancellationToken)
    {
        if (content is null) return;
        response.ContentType = contentType ?? (content is string ? "text/plain" : content is byte[] or Stream ? "application/octet-stream" : "application/json");
        switch (content)
        {
            // Not flushed here: the answer leaves with the end of the request, when the run is committed.
            case string text: Encoding.UTF8.GetBytes(text, response.BodyWriter); break;
            case byte[] bytes: response.BodyWriter.Write(bytes); break;
            case Stream stream: await stream.CopyToAsync(response.Body, cancellationToken); break;
            default:
                await using (var writer = new Utf8JsonWriter(response.BodyWriter, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
                    EngineJson.WriteValue(writer, content);
                break;
        }
    }

    private static bool IsJson(string? contentType) =>
        contentType is not null && (contentType.Contains("application/json", StringComparison.OrdinalIgnoreCase) || contentType.Contains("+json", StringComparison.OrdinalIgnoreCase));
}
