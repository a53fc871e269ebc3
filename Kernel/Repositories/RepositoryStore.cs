using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Repositories;

public sealed class RepositoryStore(NpgsqlDataSource database)
{
    public Task<List<Repository>> ListAsync(CancellationToken cancellation = default) =>
        database.ListAsync($"SELECT {Repository.Columns} FROM repositories r ORDER BY name", Repository.Read, cancellation);

    public Task<Repository?> FindAsync(Guid id, CancellationToken cancellation = default) =>
        database.FirstAsync($"SELECT {Repository.Columns} FROM repositories r WHERE id = @id", Repository.Read, cancellation, ("id", id));

    /// <exception cref="NotFoundException"/>
    public async Task<Repository> GetAsync(Guid id, CancellationToken cancellation = default) =>
        await FindAsync(id, cancellation) ?? throw new NotFoundException("repository", id);

    /// <summary>By name or by path.</summary>
    public Task<Repository?> FindAsync(string nameOrPath, CancellationToken cancellation = default) =>
        database.FirstAsync($"SELECT {Repository.Columns} FROM repositories r WHERE name = @key OR path = @key ORDER BY (path = @key) DESC LIMIT 1", Repository.Read, cancellation, ("key", nameOrPath));

    /// <summary>The one that was cloned from there, or that pushes there: the oldest.</summary>
    public Task<Repository?> FindByRemoteAsync(string url, CancellationToken cancellation = default) =>
        database.FirstAsync($"SELECT {Repository.Columns} FROM repositories r WHERE remote_url = @url ORDER BY created_at LIMIT 1", Repository.Read, cancellation, ("url", url));

    /// <summary>The repository at that path; made when there is none. A name that is taken gets a number.</summary>
    public async Task<Repository> EnsureAsync(string path, string name, string defaultBranch, string? remoteUrl = null, CancellationToken cancellation = default)
    {
        for (var number = 1; ; number++)
        {
            var free = number == 1 ? name : $"{name}-{number}";
            var found = await database.FirstAsync(
                $"""
                WITH made AS (
                    INSERT INTO repositories (id, name, path, default_branch, remote_url) VALUES (@id, @name, @path, @branch, @remote) ON CONFLICT DO NOTHING RETURNING *
                ), logged AS (
                    INSERT INTO activities (event_type, message, metadata) SELECT 'repository.added', 'Repository ' || name || ' at ' || path, jsonb_build_object('repository', id) FROM made
                ), one AS (SELECT * FROM made UNION ALL SELECT * FROM repositories WHERE path = @path AND NOT EXISTS (SELECT FROM made))
                SELECT {Repository.Columns}, pg_notify('agentos', json_build_object('kind', 'repository', 'id', id)::text) FROM one r
                """, Repository.Read, cancellation, ("id", Guid.CreateVersion7()), ("name", free), ("path", path), ("branch", defaultBranch), ("remote", remoteUrl))
                ?? await FindByPathAsync(path, cancellation); // made by another in this moment: not seen by the statement above
            if (found is not null) return found;
        }
    }

    /// <summary>Changes what the owner may change; null leaves it. <paramref name="checks"/> and <paramref name="settings"/> are whole JSON objects.</summary>
    public async Task<Repository> UpdateAsync(Guid id, string? name = null, string? defaultBranch = null, string? remoteUrl = null, string? checks = null, string? settings = null, CancellationToken cancellation = default) =>
        await database.FirstAsync(
            $"""
            WITH changed AS (
                UPDATE repositories SET name = COALESCE(@name, name), default_branch = COALESCE(@branch, default_branch), remote_url = COALESCE(@remote, remote_url),
                    checks = COALESCE(@checks::jsonb, checks), settings = COALESCE(@settings::jsonb, settings), updated_at = now()
                WHERE id = @id RETURNING *
            ), logged AS (
                INSERT INTO activities (event_type, message, metadata)
                SELECT 'repository.changed', 'Repository ' || name || ' was configured', jsonb_strip_nulls(jsonb_build_object('repository', id, 'checks', @checks::jsonb, 'settings', @settings::jsonb)) FROM changed
            )
            SELECT {Repository.Columns}, pg_notify('agentos', json_build_object('kind', 'repository', 'id', id)::text) FROM changed r
            """, Repository.Read, cancellation, ("id", id), ("name", name), ("branch", defaultBranch), ("remote", remoteUrl), ("checks", checks), ("settings", settings))
        ?? throw new NotFoundException("repository", id);

    /// <summary>Forgets a repository, with what it taught. Its files stay.</summary>
    /// <exception cref="RefusedException">Tasks or merges belong to it: they are the record of what was done.</exception>
    public async Task RemoveAsync(Guid id, CancellationToken cancellation = default)
    {
        try
        {
            await database.RunAsync(
                """
                WITH forgotten AS (DELETE FROM lessons WHERE repository_id = @id),
                gone AS (DELETE FROM repositories WHERE id = @id RETURNING *)
                INSERT INTO activities (event_type, message, metadata) SELECT 'repository.removed', 'Repository ' || name || ' is not managed any more', jsonb_build_object('repository', id) FROM gone
                """, cancellation, ("id", id));
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            throw new RefusedException("Tasks belong to this repository, and stay as the record of what was done: it cannot be removed.", error);
        }
    }

    private Task<Repository?> FindByPathAsync(string path, CancellationToken cancellation) =>
        database.FirstAsync($"SELECT {Repository.Columns} FROM repositories r WHERE path = @path", Repository.Read, cancellation, ("path", path));
}
