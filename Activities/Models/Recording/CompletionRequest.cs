using System.Text.Json;

namespace AgentOS.Activities.Models.Recording;

/// <summary>What a chat completion request says, as far as answering from a recording needs it.</summary>
public sealed record CompletionRequest(
    string Model, IReadOnlyList<CompletionMessage> Messages, IReadOnlyList<string> Tools, bool Stream, int Length)
{
    /// <summary>Answers given so far: the number of the turn.</summary>
    public int Turns => Messages.Count(m => m.Role == "assistant");

    /// <exception cref="FormatException">It is no chat completion request.</exception>
    public static CompletionRequest Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            return new(
                root.GetProperty("model").GetString() ?? "",
                [.. root.GetProperty("messages").EnumerateArray().Select(m => new CompletionMessage(m.GetProperty("role").GetString() ?? "", TextOf(m)))],
                root.TryGetProperty("tools", out var tools)
                    ? [.. tools.EnumerateArray().Select(t => t.GetProperty("function").GetProperty("name").GetString() ?? "")] : [],
                root.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.True,
                body.Length);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException("The body is not a chat completion request: it needs 'model' and 'messages' in JSON.", error);
        }
    }

    private static string TextOf(JsonElement message)
    {
        if (!message.TryGetProperty("content", out var content)) return "";
        return content.ValueKind switch
        {
            JsonValueKind.String => content.GetString()!,
            JsonValueKind.Array => string.Concat(content.EnumerateArray().Select(part => part.TryGetProperty("text", out var text) ? text.GetString() : "")),
            _ => "",
        };
    }
}

public sealed record CompletionMessage(string Role, string Text);

/// <summary>What the endpoint answers. Token numbers that are null are estimated from the texts.</summary>
public sealed record CompletionAnswer(string Text, string? Reasoning, IReadOnlyList<CompletionToolCall> ToolCalls)
{
    public long? InputTokens { get; init; }

    public long? CachedInputTokens { get; init; }

    public long? OutputTokens { get; init; }

    /// <summary>Before the first piece is sent.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Characters a streamed piece; null sends each part whole.</summary>
    public int? PieceLength { get; init; }
}

public sealed record CompletionToolCall(string Name, string Arguments);

/// <summary>Answers a request, or throws <see cref="NoAnswerException"/>. Must depend on the request alone, so that a restart changes nothing.</summary>
public delegate CompletionAnswer ModelScript(CompletionRequest request);

/// <summary>The script has nothing for this conversation.</summary>
public sealed class NoAnswerException(string message) : Kernel.AgentOSException(message);
