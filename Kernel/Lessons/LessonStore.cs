using System.Text.Json.Serialization;
using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Lessons;

[JsonConverter(typeof(WordConverter<LessonSource>))]
public enum LessonSource { Verdict, Checks, Merge, Failure, Person }

/// <summary>What a rejection or a failure taught.</summary>
public sealed record Lesson(Guid Id, Guid RepositoryId, Guid? TaskId, LessonSource Source, string Content, DateTimeOffset CreatedAt)
{
    internal static Lesson Read(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.Id(), row.Id(), row.OptionalId(), row.Word<LessonSource>(), row.Text(), row.Time());
    }
}

public sealed class LessonStore(NpgsqlDataSource database)
{
    /// <summary>Keeps a lesson; the same words are kept once for each repository.</summary>
    public Task AddAsync(Guid repositoryId, LessonSource source, string content, Guid? taskId = null, CancellationToken cancellation = default) =>
        database.RunAsync("INSERT INTO lessons (id, repository_id, task_id, source, content) VALUES (@id, @repository, @task, @source, @content) ON CONFLICT DO NOTHING", cancellation,
            ("id", Guid.CreateVersion7()), ("repository", repositoryId), ("task", taskId), ("source", source), ("content", content));

    /// <summary>The newest first.</summary>
    public Task<List<Lesson>> ListAsync(Guid repositoryId, int limit = 20, CancellationToken cancellation = default) =>
        database.ListAsync("SELECT id, repository_id, task_id, source, content, created_at FROM lessons WHERE repository_id = @repository AND NOT retired ORDER BY created_at DESC, id DESC LIMIT @limit",
            Lesson.Read, cancellation, ("repository", repositoryId), ("limit", Math.Clamp(limit, 1, 500)));

    /// <summary>A lesson that turned out wrong or old is no longer given to anyone.</summary>
    public Task RetireAsync(Guid id, CancellationToken cancellation = default) =>
        database.RunAsync("UPDATE lessons SET retired = TRUE WHERE id = @id", cancellation, ("id", id));
}
