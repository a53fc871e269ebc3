using System.Text.Json;
using AgentOS.Engine.State;
using Microsoft.AspNetCore.Http;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>The JSON of a request, whose every part may be missing, null or of another kind than expected.</summary>
internal readonly struct ApiRequest(JsonElement body)
{
    private const long Largest = 32 * 1024 * 1024;

    public JsonElement Body => body;

    /// <exception cref="BadRequestException">It is no JSON object.</exception>
    public static async Task<ApiRequest> ReadAsync(HttpContext http)
    {
        if (http.Request.ContentLength is > Largest) throw new BadRequestException("The request is larger than 32 MB.");
        if (http.Request.ContentLength is 0 || !http.Request.Body.CanRead) return new(JsonElement.Parse("{}"));
        try
        {
            using var buffer = new MemoryStream();
            await http.Request.Body.CopyToAsync(buffer, http.RequestAborted);
            if (buffer.Length == 0) return new(JsonElement.Parse("{}"));
            var root = JsonElement.Parse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length), new() { MaxDepth = EngineJson.MaxDepth * 2, AllowDuplicateProperties = true });
            return root.ValueKind switch
            {
                JsonValueKind.Object => new(root),
                JsonValueKind.Null => new(JsonElement.Parse("{}")),
                _ => throw new BadRequestException("The body must be a JSON object.")
            };
        }
        catch (JsonException exception)
        {
            throw new BadRequestException(exception.Message, "serializerErrors");
        }
    }

    public JsonElement? Element(string name) => body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public string? Text(string name) => Element(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => Clean(name, value.GetString()!),
        _ => throw new BadRequestException($"'{name}' must be text.")
    };

    public bool? Flag(string name) => Element(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw new BadRequestException($"'{name}' must be true or false.")
    };

    public int? Number(string name) => Element(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out var number) => number,
        _ => throw new BadRequestException($"'{name}' must be a whole number.")
    };

    public IReadOnlyList<string>? Texts(string name) => Element(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(x => x.ValueKind == JsonValueKind.String ? Clean(name, x.GetString()!) : throw new BadRequestException($"'{name}' must be a list of texts."))],
        _ => throw new BadRequestException($"'{name}' must be a list of texts.")
    };

    /// <summary>As plain objects.</summary>
    public IDictionary<string, object>? Map(string name) => Element(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } map => EngineJson.ToDictionary(map),
        _ => throw new BadRequestException($"'{name}' must be an object.")
    };

    private static string Clean(string name, string value) =>
        value.Contains('\0', StringComparison.Ordinal) ? throw new BadRequestException($"'{name}' contains the character U+0000.") : value;
}

/// <summary>The caller's mistake; answered with status 400 and the message.</summary>
internal sealed class BadRequestException(string message, string kind = "generalErrors") : Exception(message)
{
    public string Kind => kind;
}
