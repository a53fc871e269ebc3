using System.Text.Json;

namespace AgentOS.Activities.Models.Recording;

/// <summary>An answer as OpenAI's chat completion JSON: whole, or as the pieces of a stream.</summary>
internal sealed class CompletionWriter(CompletionRequest request, CompletionAnswer answer)
{
    // Taken from the conversation, so that a repeated request gets the same ids, and a later turn others.
    private string CallId(int index) => $"call_{request.Turns}_{index}";

    private string Finish => answer.ToolCalls.Count > 0 ? "tool_calls" : "stop";

    // Four bytes a token, as near as a guess comes without the tokenizer.
    private long Input => answer.InputTokens ?? Math.Max(1, request.Length / 4);

    private long Output => answer.OutputTokens
        ?? Math.Max(1, (answer.Text.Length + (answer.Reasoning?.Length ?? 0) + answer.ToolCalls.Sum(c => c.Name.Length + c.Arguments.Length)) / 4);

    public byte[] Whole() => Write("chat.completion", json =>
    {
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", 0);
        json.WriteStartObject("message");
        json.WriteString("role", "assistant");
        json.WriteString("content", answer.Text);
        if (answer.Reasoning is not null) json.WriteString("reasoning_content", answer.Reasoning);
        if (answer.ToolCalls.Count > 0)
        {
            json.WriteStartArray("tool_calls");
            for (var i = 0; i < answer.ToolCalls.Count; i++) WriteCall(json, i, answer.ToolCalls[i].Name, answer.ToolCalls[i].Arguments, streamed: false);
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.WriteString("finish_reason", Finish);
        json.WriteEndObject();
        json.WriteEndArray();
        WriteUsage(json);
    });

    public IEnumerable<byte[]> Pieces()
    {
        yield return Delta(json => json.WriteString("role", "assistant"));
        foreach (var piece in Split(answer.Reasoning)) yield return Delta(json => json.WriteString("reasoning_content", piece));
        foreach (var piece in Split(answer.Text)) yield return Delta(json => json.WriteString("content", piece));
        for (var i = 0; i < answer.ToolCalls.Count; i++)
        {
            var (index, call) = (i, answer.ToolCalls[i]);
            var pieces = Split(call.Arguments).ToList();
            yield return Calls(index, call.Name, pieces.Count == 1 ? pieces[0] : "");
            if (pieces.Count > 1)
                foreach (var piece in pieces) yield return Calls(index, null, piece);
        }
        yield return Delta(null, Finish);
        yield return Write("chat.completion.chunk", json =>
        {
            json.WriteStartArray("choices");
            json.WriteEndArray();
            WriteUsage(json);
        });
    }

    private byte[] Calls(int index, string? name, string arguments) => Delta(json =>
    {
        json.WriteStartArray("tool_calls");
        WriteCall(json, index, name, arguments, streamed: true);
        json.WriteEndArray();
    });

    private void WriteCall(Utf8JsonWriter json, int index, string? name, string arguments, bool streamed)
    {
        json.WriteStartObject();
        if (streamed) json.WriteNumber("index", index);
        if (name is not null)
        {
            json.WriteString("id", CallId(index));
            json.WriteString("type", "function");
        }
        json.WriteStartObject("function");
        if (name is not null) json.WriteString("name", name);
        json.WriteString("arguments", arguments);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private byte[] Delta(Action<Utf8JsonWriter>? content, string? finish = null) => Write("chat.completion.chunk", json =>
    {
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", 0);
        json.WriteStartObject("delta");
        content?.Invoke(json);
        json.WriteEndObject();
        json.WriteString("finish_reason", finish);
        json.WriteEndObject();
        json.WriteEndArray();
    });

    private void WriteUsage(Utf8JsonWriter json)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", Input);
        json.WriteNumber("completion_tokens", Output);
        json.WriteNumber("total_tokens", Input + Output);
        json.WriteStartObject("prompt_tokens_details");
        json.WriteNumber("cached_tokens", Math.Min(answer.CachedInputTokens ?? 0, Input));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private byte[] Write(string type, Action<Utf8JsonWriter> content)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("id", $"recorded-{request.Turns}");
            json.WriteString("object", type);
            json.WriteNumber("created", 0);
            json.WriteString("model", request.Model);
            content(json);
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private IEnumerable<string> Split(string? text)
    {
        if (string.IsNullOrEmpty(text)) yield break;
        if (answer.PieceLength is not { } length)
        {
            yield return text;
            yield break;
        }
        for (var start = 0; start < text.Length;)
        {
            var end = Math.Min(text.Length, start + length);
            // Half of a surrogate pair is not text.
            if (end < text.Length && char.IsHighSurrogate(text[end - 1])) end++;
            yield return text[start..end];
            start = end;
        }
    }
}
