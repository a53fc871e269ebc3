using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Lessons;

public sealed class LessonStore(NpgsqlDataSource database)
{
    public const int Longest = 10_000;

    private const string Logged =
        """
        logged AS (
            INSERT INTO activities (event_type, task_id, message, metadata)
            SELECT @event, task_id, left(content, 300), jsonb_build_object('lesson', id) FROM changed
        ), told AS (SELECT pg_notify('agentos', json_build_object('kind', 'lesson', 'id', id)::text) FROM changed)
        """;

    /// <summary>Keeps a lesson; the same words are kept once for each repository. One that was retired is back when a person teaches it again.</summary>
    public Task AddAsync(Guid repositoryId, LessonSource source, string content, Guid? taskId = null, CancellationToken cancellation = default) =>
        database.RunAsync(
            $"""
            WITH changed AS (
                INSERT INTO lessons (id, repository_id, task_id, source, content) VALUES (@id, @repository, @task, @source, @content)
                ON CONFLICT (repository_id, md5(content)) DO UPDATE SET retired = FALSE WHERE lessons.retired AND EXCLUDED.source = 'person' RETURNING *
            ), {Logged}
            SELECT count(*) FROM told
            """, cancellation, ("id", Guid.CreateVersion7()), ("repository", repositoryId), ("task", taskId), ("source", source), ("content", Checked(content)), ("event", "lesson.learnt"));

    private static string Checked(string content) =>
        content.Trim() is { Length: > 0 and <= Longest } words ? words : throw new RefusedException($"A lesson has 1 to {Longest} characters.");

    /// <summary>The newest first.</summary>
    public Task<List<Lesson>> ListAsync(LessonFilter filter, CancellationToken cancellation = default) =>
        database.SearchAsync(
            $"""
            SELECT {Lesson.Columns} FROM lessons l {Lesson.Joins}
            WHERE {(filter.RepositoryId is null ? "TRUE" : "l.repository_id = @repository::uuid")} AND {(filter.WithRetired ? "TRUE" : "NOT l.retired")}
                AND (@text::text IS NULL OR position(lower(@text) IN lower(l.content)) > 0)
            ORDER BY l.created_at DESC, l.id DESC LIMIT @limit
            """, Lesson.Read, cancellation, ("repository", filter.RepositoryId), ("text", filter.Text), ("limit", Math.Clamp(filter.Limit, 1, 500)));

    /// <summary>Changes its words (null leaves them), or whether it is told to anyone (null leaves that).</summary>
    /// <exception cref="NotFoundException"/>
    /// <exception cref="RefusedException">There is one with these words, or they are none.</exception>
    public async Task<Lesson> ChangeAsync(Guid id, string? content, bool? retired, CancellationToken cancellation = default)
    {
        content = content is null ? null : Checked(content);
        try
        {
            return await database.FirstAsync(
                $"""
                WITH changed AS (
                    UPDATE lessons SET content = COALESCE(@content, content), retired = COALESCE(@retired, retired), changed_at = CASE WHEN @content::text IS NULL THEN changed_at ELSE now() END
                    WHERE id = @id RETURNING *
                ), {Logged}
                SELECT {Lesson.Columns}, (SELECT count(*) FROM told) FROM changed l {Lesson.Joins}
                """, Lesson.Read, cancellation, ("id", id), ("content", content), ("retired", retired),
                ("event", content is not null ? "lesson.changed" : retired is true ? "lesson.retired" : "lesson.restored")) ?? throw new NotFoundException("lesson", id);
        }
        catch (PostgresException error) when (error.Is(PostgresErrorCodes.UniqueViolation))
        {
            throw new RefusedException("The repository has a lesson with these words already.", error);
        }
    }

    /// <summary>A lesson that turned out wrong or old is no longer given to anyone, and not learnt again.</summary>
    /// <exception cref="NotFoundException"/>
    public Task RetireAsync(Guid id, CancellationToken cancellation = default) => ChangeAsync(id, null, true, cancellation);
}
