namespace AgentOS.Activities.Models.Recording;

/// <summary>
/// Answers of a model, recorded. Which one a request gets depends on its messages and tools alone: the first conversation
/// whose <see cref="RecordedCondition"/> holds, and in it the turn that the number of answers so far tells. So parallel workers, repeated
/// requests and a restarted process get the same answers. <see cref="RecordingReader"/> describes the file.
/// </summary>
public sealed record Recording(string File, IReadOnlyList<RecordedConversation> Conversations)
{
    public static Recording Load(string file) => RecordingReader.Read(System.IO.File.ReadAllText(file), file);

    /// <summary>A <see cref="ModelScript"/>.</summary>
    public CompletionAnswer Answer(CompletionRequest request)
    {
        foreach (var conversation in Conversations)
        {
            if (conversation.When.AnchorIn(request) is not { } anchor) continue;
            var turn = request.Messages.Skip(anchor).Count(m => m.Role == "assistant");
            return turn < conversation.Turns.Count
                ? conversation.Turns[turn]
                : throw new NoAnswerException(
                    $"{File}:{conversation.Line}: the conversation '{conversation.Name}' has {conversation.Turns.Count} turns, and turn {turn + 1} was asked for. {Last(request)}");
        }
        throw new NoAnswerException($"{File}: no conversation matches. Tools: {string.Join(", ", request.Tools)}. {Last(request)}");
    }

    private static string Last(CompletionRequest request)
    {
        var last = RecordedCondition.Plain(request.Messages is [.., var end] ? end.Text : "");
        return $"The last message: {(last.Length > 200 ? last[..200] + "…" : last)}";
    }
}

public sealed record RecordedConversation(string Name, int Line, RecordedCondition When, IReadOnlyList<CompletionAnswer> Turns);

/// <summary>Texts are compared with their white space run together, so that wrapping does not matter.</summary>
/// <param name="Tools">All of these are offered: <c>create_tasks</c> tells a planner, <c>write_file</c> a coder, <c>submit_verdict</c> a judge.</param>
/// <param name="Text">Each stands in a message of system or user.</param>
/// <param name="NotText">None stands in a message of system or user.</param>
/// <param name="Last">Stands in the last message, whatever its role: a tool's answer, for example.</param>
/// <param name="Since">Turns are counted from the last user message that holds this; without one the condition does not hold.</param>
public sealed record RecordedCondition(
    IReadOnlyList<string> Tools, IReadOnlyList<string> Text, IReadOnlyList<string> NotText, string? Last, string? Since)
{
    /// <summary>The message from which turns are counted; null when the condition does not hold.</summary>
    internal int? AnchorIn(CompletionRequest request)
    {
        if (!Tools.All(request.Tools.Contains)) return null;
        var texts = request.Messages.Where(m => m.Role is "system" or "developer" or "user").Select(m => Plain(m.Text)).ToList();
        bool Said(string text) => texts.Exists(t => t.Contains(Plain(text), StringComparison.Ordinal));
        if (!Text.All(Said) || NotText.Any(Said)) return null;
        if (Last is not null && !(request.Messages is [.., var last] && Plain(last.Text).Contains(Plain(Last), StringComparison.Ordinal))) return null;
        if (Since is null) return 0;
        for (var i = request.Messages.Count - 1; i >= 0; i--)
            if (request.Messages[i] is { Role: "user" } message && Plain(message.Text).Contains(Plain(Since), StringComparison.Ordinal)) return i;
        return null;
    }

    internal static string Plain(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
