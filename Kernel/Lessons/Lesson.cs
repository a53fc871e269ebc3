using System.Text.Json.Serialization;
using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Lessons;

[JsonConverter(typeof(WordConverter<LessonSource>))]
public enum LessonSource { Verdict, Checks, Merge, Failure, Person }

/// <summary>What a rejection or a failure taught.</summary>
/// <param name="TaskId">On which task; null: a person taught it.</param>
/// <param name="Retired">It is told to nobody.</param>
/// <param name="ChangedAt">When a person changed its words last.</param>
public sealed record Lesson(
    Guid Id, Guid RepositoryId, string RepositoryName, Guid? TaskId, string? TaskTitle, LessonSource Source, string Content, bool Retired, DateTimeOffset CreatedAt, DateTimeOffset? ChangedAt)
{
    internal const string Columns = "l.id, l.repository_id, r.name, l.task_id, t.title, l.source, l.content, l.retired, l.created_at, l.changed_at";
    internal const string Joins = "JOIN repositories r ON r.id = l.repository_id LEFT JOIN tasks t ON t.id = l.task_id";

    internal static Lesson Read(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.Id(), row.Id(), row.Text(), row.OptionalId(), row.OptionalText(), row.Word<LessonSource>(), row.Text(), row.Truth(), row.Time(), row.OptionalTime());
    }
}

/// <summary>Which lessons are looked for.</summary>
public sealed record LessonFilter
{
    public Guid? RepositoryId { get; init; }

    /// <summary>Words that its content has, whatever their case.</summary>
    public string? Text { get; init; }

    /// <summary>Those that are told to nobody, too.</summary>
    public bool WithRetired { get; init; }
    public int Limit { get; init; } = 100;
}
