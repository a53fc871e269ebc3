using System.Text;
using System.Text.Json;
using AgentOS.Engine.State;

namespace AgentOS.Engine.Http;

/// <summary>The body of an answer as a value.</summary>
internal static class AnswerBody
{
    /// <returns>Null for none; JSON as plain objects, or as text where it is none in spite of its type; text as text; anything else as bytes.</returns>
    public static async Task<object?> ParseAsync(HttpContent content, CancellationToken cancellation)
    {
        var bytes = await content.ReadAsByteArrayAsync(cancellation);
        if (bytes.Length == 0) return null;
        var type = content.Headers.ContentType;
        var media = type?.MediaType ?? "application/octet-stream";
        if (media.EndsWith("json", StringComparison.OrdinalIgnoreCase)) return Json(bytes) ?? Text(bytes, type?.CharSet);
        return media.StartsWith("text/", StringComparison.OrdinalIgnoreCase) || media.EndsWith("xml", StringComparison.OrdinalIgnoreCase)
            || media.EndsWith("javascript", StringComparison.OrdinalIgnoreCase) || media.EndsWith("x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
            ? Text(bytes, type?.CharSet)
            : bytes;
    }

    private static object? Json(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = EngineJson.MaxDepth });
            return EngineJson.ToPlain(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Text(byte[] bytes, string? charset)
    {
        try
        {
            return (charset is null ? Encoding.UTF8 : Encoding.GetEncoding(charset.Trim('"'))).GetString(bytes);
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8.GetString(bytes);
        }
    }
}
