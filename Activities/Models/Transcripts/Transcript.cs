using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Models;

/// <summary>A session's entries as messages for a model. Pure.</summary>
public static class Transcript
{
    /// <summary>The calls of the last answer that have no result yet: what is to be run next.</summary>
    public static IReadOnlyList<ToolCall> Pending(IReadOnlyList<TranscriptEntry> entries)
    {
        for (var i = entries.Count - 1; i >= 0; i--)
            if (entries[i] is AssistantEntry answer) return Unanswered(answer, ResultsAfter(entries, i));
        return [];
    }

    /// <summary>
    /// The messages. Every tool call has exactly one result right after it, whatever the entries are: a missing one is told as not run, one without
    /// a call is left out, and one that came late is moved up. Endpoints refuse anything else.
    /// </summary>
    public static IReadOnlyList<ChatMessage> Messages(IReadOnlyList<TranscriptEntry> entries)
    {
        var messages = new List<ChatMessage>();
        for (var i = 0; i < entries.Count; i++)
        {
            switch (entries[i])
            {
                case SystemEntry system:
                    messages.Add(new(ChatRole.System, system.Text));
                    break;
                case UserEntry user:
                    messages.Add(new(ChatRole.User, user.Text));
                    break;
                case AssistantEntry { ToolCalls.Count: 0 } answer when string.IsNullOrWhiteSpace(answer.Text):
                    // An empty answer says nothing, and endpoints refuse it.
                    break;
                case AssistantEntry answer:
                    messages.Add(Message(answer));
                    var results = ResultsAfter(entries, i);
                    foreach (var call in answer.ToolCalls)
                        messages.Add(new(ChatRole.Tool, [new FunctionResultContent(call.Id, ResultOf(call, results))]));
                    break;
            }
        }
        return messages;
    }

    /// <summary>How many of the last answers in a row called no tool or only got errors, and what the last of them met.</summary>
    public static (int Turns, string Problem) Futile(IReadOnlyList<TranscriptEntry> entries)
    {
        var (turns, problem) = (0, "");
        for (var i = entries.Count - 1; i >= 0; i--)
        {
            if (entries[i] is not AssistantEntry answer) continue;
            var results = ResultsAfter(entries, i);
            if (results.Exists(r => !r.Text.StartsWith("Error:", StringComparison.Ordinal))) break;
            if (turns++ == 0) problem = results is [.., var last] ? $"The last thing it met: {Excerpt.Of(last.Text, 500)}" : $"It called no tool. It said: {Excerpt.Of(answer.Text, 500)}";
        }

        return (turns, problem);
    }

    private static string ResultOf(ToolCall call, List<ToolEntry> results) =>
        results.Find(r => r.CallId == call.Id)?.Text
            ?? (call.Problem is { } problem ? $"Error: {problem}" : "Error: the call was interrupted and has no result. Call again if it is still needed.");

    private static List<ToolCall> Unanswered(AssistantEntry answer, List<ToolEntry> results) =>
        [.. answer.ToolCalls.Where(call => !results.Exists(r => r.CallId == call.Id))];

    /// <summary>The results up to the next answer: an endpoint may give the same ids again in each.</summary>
    private static List<ToolEntry> ResultsAfter(IReadOnlyList<TranscriptEntry> entries, int index) =>
        [.. entries.Skip(index + 1).TakeWhile(e => e is not AssistantEntry).OfType<ToolEntry>()];

    private static ChatMessage Message(AssistantEntry answer)
    {
        List<AIContent> contents = [];
        if (answer.Reasoning is { } reasoning) contents.Add(new TextReasoningContent(reasoning));
        if (answer.Text.Length > 0) contents.Add(new TextContent(answer.Text));
        contents.AddRange(answer.ToolCalls.Select(call => new FunctionCallContent(call.Id, call.Name, ToolArguments.Read(call.Arguments))));
        return new(ChatRole.Assistant, contents) { AdditionalProperties = new() { [ModelWire.Author] = answer.Model } };
    }
}
