using System.Text.Json;
using System.Text.RegularExpressions;
using AgentOS.Kernel.Sessions;

namespace AgentOS.Studio.Tasks;

/// <summary>A part of a transcript as it is read: an answer stands together with the results of the tools that it called.</summary>
public abstract record TranscriptItem(int Seq, DateTimeOffset At)
{
    /// <summary>What AgentOS or a person told the agent.</summary>
    public sealed record Told(int Seq, DateTimeOffset At, bool IsBriefing, string Text) : TranscriptItem(Seq, At);

    public sealed record Answer(int Seq, DateTimeOffset At, string? Model, string Text, string? Reasoning, IReadOnlyList<CalledTool> Calls) : TranscriptItem(Seq, At);

    /// <summary>The entries in their order. What is not as expected stands as it is: nothing of a transcript is left out.</summary>
    public static IReadOnlyList<TranscriptItem> Of(IReadOnlyList<SessionEntry> entries)
    {
        List<TranscriptItem> items = [];
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            switch (entry.Kind)
            {
                case "assistant":
                    var results = entries.Skip(i + 1).TakeWhile(next => next.Kind == "tool").ToList();
                    items.Add(new Answer(entry.Seq, entry.CreatedAt, Field(entry.Content, "model"), Field(entry.Content, "text") ?? "", Field(entry.Content, "reasoning"), CalledTool.Of(entry, results)));
                    i += results.Count;
                    break;
                case "system" or "user":
                    items.Add(new Told(entry.Seq, entry.CreatedAt, entry.Kind == "system" || entry.Seq < 2, Field(entry.Content, "text") ?? entry.Content.GetRawText()));
                    break;
                default:
                    // A result whose answer is on an earlier part, or a kind that this page does not know.
                    items.Add(new Told(entry.Seq, entry.CreatedAt, true, Field(entry.Content, "text") ?? entry.Content.GetRawText()));
                    break;
            }
        }

        return items;
    }

    internal static string? Field(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>A call of a tool and what came of it.</summary>
/// <param name="Arguments">As the model gave them, each as text.</param>
/// <param name="Result">Null: it runs, or was never run.</param>
/// <param name="Took">From the entry before its result.</param>
public sealed partial record CalledTool(string Name, IReadOnlyList<(string Name, string Value)> Arguments, string? Result, TimeSpan? Took, bool HasFailed)
{
    /// <summary>The argument that says most, on one line.</summary>
    public string Gist
    {
        get
        {
            var telling = Arguments.FirstOrDefault(argument => argument.Name is "command" or "path" or "pattern" or "url" or "question" or "summary" or "reason" or "feedback");
            var text = (telling.Value ?? (Arguments.Count > 0 ? Arguments[0].Value : "")).ReplaceLineEndings(" ").Trim();
            return text.Length > 160 ? text[..160] + "…" : text;
        }
    }

    public static IReadOnlyList<CalledTool> Of(SessionEntry answer, IReadOnlyList<SessionEntry> results)
    {
        if (answer.Content.ValueKind != JsonValueKind.Object || !answer.Content.TryGetProperty("toolCalls", out var calls) || calls.ValueKind != JsonValueKind.Array) return [];
        List<CalledTool> called = [];
        foreach (var call in calls.EnumerateArray())
        {
            var id = TranscriptItem.Field(call, "id");
            var at = results.ToList().FindIndex(result => TranscriptItem.Field(result.Content, "callId") == id);
            var text = at < 0 ? null : TranscriptItem.Field(results[at].Content, "text") ?? "";
            var before = at <= 0 ? answer : results[at - 1];
            called.Add(new(TranscriptItem.Field(call, "name") ?? "?", Read(TranscriptItem.Field(call, "arguments")), text, at < 0 ? null : results[at].CreatedAt - before.CreatedAt, text is not null && IsFailure(text)));
        }

        return called;
    }

    private static bool IsFailure(string text) => text.StartsWith("Error:", StringComparison.Ordinal) || CommandFailed().IsMatch(text.Length > 200 ? text[^200..] : text);

    private static IReadOnlyList<(string, string)> Read(string? json)
    {
        if (string.IsNullOrWhiteSpace(json)) return [];
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind != JsonValueKind.Object ? [("", json)]
                : [.. document.RootElement.EnumerateObject().Where(field => field.Value.ValueKind != JsonValueKind.Null).Select(field => (field.Name, field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString()! : field.Value.GetRawText()))];
        }
        catch (JsonException)
        {
            return [("", json)];
        }
    }

    // How run_shell ends its answer.
    [GeneratedRegex(@"\[(exit code [1-9]\d*, |stopped after )[^\]]*\]\s*$")]
    private static partial Regex CommandFailed();
}
