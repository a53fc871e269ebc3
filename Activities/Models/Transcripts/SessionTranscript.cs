using System.Text.Encodings.Web;
using System.Text.Json;
using AgentOS.Kernel.Sessions;

namespace AgentOS.Activities.Models;

/// <summary>Transcripts as the kernel's <c>session_entries</c>. The kind stands in its column and in the content: <c>system</c>, <c>user</c>, <c>assistant</c>, <c>tool</c>.</summary>
public static class SessionTranscript
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        // jsonb keeps its keys in an order of its own.
        AllowOutOfOrderMetadataProperties = true,
    };

    /// <param name="snapshotSha">The workspace after it, where a tool changed files.</param>
    public static NewEntry Entry(TranscriptEntry entry, string? snapshotSha = null) =>
        new(KindOf(entry), JsonSerializer.Serialize(entry, Json), snapshotSha);

    public static TranscriptEntry Read(SessionEntry entry) => entry.Content.Deserialize<TranscriptEntry>(Json)!;

    /// <summary>The whole transcript, and how long it is.</summary>
    public static async Task<IReadOnlyList<TranscriptEntry>> TranscriptAsync(this SessionStore sessions, Guid sessionId, CancellationToken cancellation = default) =>
        [.. (await sessions.EntriesAsync(sessionId, cancellation: cancellation)).Select(Read)];

    private static string KindOf(TranscriptEntry entry) => entry switch
    {
        SystemEntry => "system",
        UserEntry => "user",
        AssistantEntry => "assistant",
        ToolEntry => "tool",
        _ => throw new InvalidOperationException(entry.GetType().Name),
    };
}
