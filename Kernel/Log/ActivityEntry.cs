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
}
