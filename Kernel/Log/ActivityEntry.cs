using System.Text.Json;
using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Log;

/// <summary>A row of the table <c>activities</c>: one line of the activity log.</summary>
/// <param name="Position">The order of the log.</param>
/// <param name="EventType">Noun and verb: <c>task.done</c>, <c>agent.created</c>.</param>
public sealed record ActivityEntry(long Position, Guid Id, string EventType, Guid? AgentId, string? AgentName, Guid? TaskId, string? Message, JsonElement Metadata, DateTimeOffset CreatedAt)
{
    internal const string Columns = "l.position, l.id, l.event_type, l.agent_id, a.name, l.task_id, l.message, l.metadata, l.created_at";

    internal static ActivityEntry Read(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.Long(), row.Id(), row.Text(), row.OptionalId(), row.OptionalText(), row.OptionalId(), row.OptionalText(), row.Json(), row.Time());
    }
}

/// <summary>What to write. The id is the caller's: written twice, it stands once.</summary>
public sealed record NewActivity(string EventType, string Message, Guid? AgentId = null, Guid? TaskId = null, object? Metadata = null)
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
}

/// <summary>Which entries; what is left out does not limit.</summary>
public sealed record LogFilter
{
    public Guid? AgentId { get; init; }
    public Guid? TaskId { get; init; }

    /// <summary>With a task: also what is below it.</summary>
    public bool WithChildren { get; init; }

    /// <summary>For example <c>task.</c>.</summary>
    public string? EventPrefix { get; init; }

    /// <summary>Only entries about its tasks.</summary>
    public Guid? RepositoryId { get; init; }

    /// <summary>Part of the message, whatever its case.</summary>
    public string? Text { get; init; }

    /// <summary>Whether an entry that was read already is meant. (Not for <see cref="WithChildren"/> and <see cref="RepositoryId"/>: an entry does not know its task's goals and repository.)</summary>
    public bool Holds(ActivityEntry entry) =>
        (AgentId is null || entry.AgentId == AgentId) && (TaskId is null || entry.TaskId == TaskId)
        && (EventPrefix is null || entry.EventType.StartsWith(EventPrefix, StringComparison.Ordinal))
        && (Text is null || entry.Message?.Contains(Text, StringComparison.OrdinalIgnoreCase) == true);
}

/// <summary>What a look back found.</summary>
/// <param name="Entries">The newest first.</param>
/// <param name="Before">Where to look on; null: that was the beginning of the log.</param>
public sealed record LogPage(IReadOnlyList<ActivityEntry> Entries, long? Before);
