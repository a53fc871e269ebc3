using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Models;

/// <summary>Makes a conversation fit a model's context. Pure: the same messages give the same result, and no call loses its result.</summary>
public static class ContextWindow
{
    /// <summary>The last rounds (an answer with its results) stay whole as long as anything older can give way.</summary>
    private const int RecentRounds = 3;

    /// <summary>Old rounds give way by so many at once, so that the beginning stays the same for a while and the provider's cache is of use.</summary>
    private const int Step = 4;

    private const int ShortText = 200;

    /// <summary>The messages within <paramref name="tokens"/>, by estimate; null when not even the last round fits.</summary>
    public static IReadOnlyList<ChatMessage>? Fit(IReadOnlyList<ChatMessage> messages, int tokens)
    {
        if (Size(messages) <= tokens) return messages;
        var starts = Enumerable.Range(0, messages.Count).Where(i => messages[i].Role == ChatRole.Assistant).ToList();
        var old = Math.Max(0, starts.Count - RecentRounds);

        // First the outputs and long arguments of old rounds, then whole old rounds, then the middle of what is long in the recent ones.
        List<ChatMessage> current = [.. messages];
        for (var count = Math.Min(Step, old); count > 0; count = Math.Min(count + Step, old))
        {
            current = [.. messages.Select((m, i) => i < Boundary(starts, count, messages.Count) ? Elide(m) : m)];
            if (Size(current) <= tokens) return current;
            if (count == old) break;
        }
        for (var count = Math.Min(Step, old); count > 0; count = Math.Min(count + Step, old))
        {
            var boundary = Boundary(starts, count, messages.Count);
            List<ChatMessage> kept = [.. current.Where((m, i) => i >= boundary || m.Role == ChatRole.System || m.Role == ChatRole.User)];
            if (Size(kept) <= tokens) return kept;
            if (count != old) continue;
            current = kept;
            break;
        }
        foreach (var most in (int[])[20_000, 8_000, 3_000, 1_000])
        {
            current = [.. current.Select(m => ShortenResults(m, most))];
            if (Size(current) <= tokens) return current;
        }
        return null;
    }

    private static int Size(IEnumerable<ChatMessage> messages) => messages.Sum(TokenEstimate.Of);

    private static int Boundary(List<int> starts, int rounds, int end) => rounds < starts.Count ? starts[rounds] : end;

    private static ChatMessage Elide(ChatMessage message) => Change(message, content => content switch
    {
        FunctionResultContent { Result: string { Length: > ShortText } text } result =>
            new FunctionResultContent(result.CallId, $"[{text.Length} characters of output left out to save space; call the tool again if you need them]"),
        FunctionCallContent { Arguments: { } arguments } call when arguments.Values.Any(IsLong) =>
            new FunctionCallContent(call.CallId, call.Name, arguments.ToDictionary(a => a.Key, a => IsLong(a.Value) ? "[left out to save space]" : a.Value)),
        _ => content,
    });

    private static ChatMessage ShortenResults(ChatMessage message, int most) => Change(message, content => content switch
    {
        FunctionResultContent { Result: string text } result when text.Length > most => new FunctionResultContent(result.CallId, Excerpt.Of(text, most)),
        _ => content,
    });

    private static bool IsLong(object? argument) => (argument switch
    {
        string text => text.Length,
        JsonElement json => json.GetRawText().Length,
        _ => 0,
    }) > ShortText;

    private static ChatMessage Change(ChatMessage message, Func<AIContent, AIContent> change)
    {
        var contents = message.Contents.Select(change).ToList();
        return contents.SequenceEqual(message.Contents) ? message : new(message.Role, contents) { AdditionalProperties = message.AdditionalProperties };
    }
}
