using AgentOS.Kernel.Database;

namespace AgentOS.Kernel.Messages;

/// <summary>A message as it is read.</summary>
/// <param name="From">The name of the agent; null: a person, or AgentOS itself.</param>
/// <param name="ReachedAt">When a session was told what a person said; null: none was yet.</param>
public sealed record SpokenMessage(Message Message, string? From, DateTimeOffset? ReachedAt);

public sealed partial class MessageStore
{
    /// <summary>A task's newest messages before one of them (null: of all), oldest first.</summary>
    public async Task<List<SpokenMessage>> OfTaskAsync(Guid taskId, Message? before = null, int limit = 100, CancellationToken cancellation = default)
    {
        var page = await database.ListAsync(
            $"""
            SELECT {Message.Columns}, a.name, told.at FROM (
                SELECT * FROM messages WHERE task_id = @task AND (created_at, id) < (@at, @id) ORDER BY created_at DESC, id DESC LIMIT @limit
            ) m LEFT JOIN agents a ON a.id = m.from_agent_id
            LEFT JOIN LATERAL (
                SELECT min(e.created_at) AS at FROM session_words w JOIN session_entries e ON e.session_id = w.session_id AND e.seq = w.seq WHERE w.message_id = m.id
            ) told ON m.message_type = 'comment' AND m.from_agent_id IS NULL
            ORDER BY m.created_at DESC, m.id DESC
            """, reader => new SpokenMessage(Message.ReadRow(reader), reader.IsDBNull(reader.FieldCount - 2) ? null : reader.GetString(reader.FieldCount - 2),
                reader.IsDBNull(reader.FieldCount - 1) ? null : reader.GetFieldValue<DateTimeOffset>(reader.FieldCount - 1)),
            cancellation, ("task", taskId), ("at", before?.CreatedAt ?? DateTimeOffset.MaxValue.AddDays(-1)), ("id", before?.Id ?? Guid.AllBitsSet), ("limit", Math.Clamp(limit, 1, 500)));
        page.Reverse();
        return page;
    }
}
