using System.Text.Json;
using AgentOS.Engine.Execution;
using AgentOS.Engine.State;
using Microsoft.AspNetCore.Http;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>The JSON of a request, whose every part may be missing, null or of another kind than expected.</summary>
internal readonly struct ApiRequest(JsonElement body)
{
    private const long Largest = 32 * 1024 * 1024;

    internal const int MostAtOnce = 1000;

    public JsonElement Body => body;

    /// <exception cref="BadRequestException">It is no JSON object.</exception>
    public static async Task<ApiRequest> ReadAsync(HttpContext http)
    {
        if (http.Request.ContentLength is > Largest) throw new BadRequestException("The request is larger than 32 MB.");
        if (http.Request.ContentLength is 0 || !http.Request.Body.CanRead) return new(JsonElement.Parse("{}"));
        try
        {
            return Parse(await BodyAsync(http.Request.Body, Largest, http.RequestAborted));
        }
        catch (JsonException exception)
        {
            throw new BadRequestException(exception.Message, "serializerErrors");
        }
    }

    /// <exception cref="JsonException">It is no JSON, or nested too deep.</exception>
    /// <exception cref="BadRequestException">It is no JSON object.</exception>
    public static ApiRequest Parse(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty) return new(JsonElement.Parse("{}"));
        var root = JsonElement.Parse(json.Span, new() { MaxDepth = EngineJson.MaxDepth * 2, AllowDuplicateProperties = true });
        // The parser takes half a character where it is escaped, and fails at it only when it is asked for the text.
        if (json.Span.IndexOf(@"\ud"u8) >= 0 || json.Span.IndexOf(@"\uD"u8) >= 0) ExpectText(root);
        return root.ValueKind switch
        {
            JsonValueKind.Object => new(root),
            JsonValueKind.Null => new(JsonElement.Parse("{}")),
            _ => throw new BadRequestException("The body must be a JSON object.")
        };
    }

    /// <summary>All of a stream that says how long it is as little as a zip does what is in it.</summary>
    /// <exception cref="BadRequestException">There are more than <paramref name="most"/> bytes.</exception>
    public static async Task<ReadOnlyMemory<byte>> BodyAsync(Stream stream, long most, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var block = new byte[64 * 1024];
        while (await stream.ReadAsync(block, cancellationToken) is > 0 and var read)
        {
            if (buffer.Length + read > most) throw new BadRequestException($"There are more than {most / (1024 * 1024)} MB in it.");
            buffer.Write(block, 0, read);
        }
        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }

    private static void ExpectText(JsonElement element)
    {
        try
        {
            _ = EngineJson.ToPlain(element);
        }
        catch (InvalidOperationException half)
        {
            throw new BadRequestException($"A text or a name in the body is no text: {half.Message}", "serializerErrors");
        }
    }

    public JsonElement? Element(string name) => body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public string? Text(string name) => Element(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => Clean(name, value.GetString()!),
        _ => throw new BadRequestException($"'{name}' must be text.")
    };

    /// <summary>A text by which things are found again: an index cannot hold more.</summary>
    public string? Id(string name) => IdLength.Checked(Text(name), $"'{name}'");

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

    /// <summary>What is done one by one, each once.</summary>
    public IReadOnlyList<string> Each(string name) => (Texts(name) ?? []).Distinct(StringComparer.Ordinal).ToList() is { Count: <= MostAtOnce } some ? some : throw new BadRequestException($"'{name}' names more than {MostAtOnce}. Send them in parts.");

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
