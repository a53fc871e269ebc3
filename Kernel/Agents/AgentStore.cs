using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Agents;

/// <summary>Agents, and who works on what.</summary>
public sealed partial class AgentStore(NpgsqlDataSource database) : IDisposable
{
    public Task<List<Agent>> ListAsync(AgentRole? role = null, CancellationToken cancellation = default) =>
        database.ListAsync($"SELECT {Agent.Columns} FROM agents a WHERE removed_at IS NULL AND (@role::text IS NULL OR role = @role) ORDER BY CASE role WHEN 'orchestrator' THEN 0 WHEN 'worker' THEN 1 ELSE 2 END, created_at, name",
            Agent.Read, cancellation, ("role", role));

    public Task<Agent?> FindAsync(Guid id, CancellationToken cancellation = default) =>
        database.FirstAsync($"SELECT {Agent.Columns} FROM agents a WHERE id = @id", Agent.Read, cancellation, ("id", id));

    public Task<Agent?> FindAsync(string name, CancellationToken cancellation = default) =>
        database.FirstAsync($"SELECT {Agent.Columns} FROM agents a WHERE name = @name AND removed_at IS NULL", Agent.Read, cancellation, ("name", name));

    /// <summary>Makes an agent; one that was removed is back under its name, with what is given here.</summary>
    /// <exception cref="RefusedException">The name is taken.</exception>
    public async Task<Agent> CreateAsync(string name, AgentRole role, string model, IReadOnlyList<string>? capabilities = null, Guid? id = null, Guid? createdBy = null, CancellationToken cancellation = default)
    {
        var key = id ?? Guid.CreateVersion7();
        try
        {
            return await database.FirstAsync(
                $"""
                WITH made AS (
                    INSERT INTO agents (id, name, role, model, session_key, capabilities, last_heartbeat) VALUES (@id, @name, @role, @model, @session_key, @capabilities::jsonb, now())
                    ON CONFLICT (name) DO UPDATE SET role = EXCLUDED.role, model = EXCLUDED.model, capabilities = EXCLUDED.capabilities, removed_at = NULL, paused = FALSE, last_heartbeat = now()
                        WHERE agents.removed_at IS NOT NULL
                    RETURNING *
                ), logged AS (
                    INSERT INTO activities (event_type, agent_id, message, metadata) SELECT 'agent.created', COALESCE(@by::uuid, id), name || ' joins as ' || role, jsonb_build_object('agent', id, 'model', model) FROM made
                ), told AS (
                    SELECT pg_notify('agentos', json_build_object('kind', 'agent', 'id', id, 'state', status)::text) FROM made
                    UNION ALL SELECT pg_notify('agentos', json_build_object('kind', 'worker_free', 'id', w.id)::text) FROM ({NextWaiting}) w WHERE @role = 'worker'
                ), one AS (SELECT * FROM made UNION ALL SELECT * FROM agents WHERE id = @id AND NOT EXISTS (SELECT FROM made))
                SELECT {Agent.Columns}, (SELECT count(*) FROM told) FROM one a
                """, Agent.Read, cancellation, ("id", key), ("name", name), ("role", role.Word()), ("model", model), ("session_key", $"agent:{key:N}"),
                ("capabilities", JsonText.Of(capabilities ?? [])), ("by", createdBy)) ?? throw new RefusedException($"There is an agent named '{name}' already. Choose another name.");
        }
        catch (PostgresException error) when (error.Is(PostgresErrorCodes.UniqueViolation, "agents_pkey") && id is not null)
        {
            return await FindAsync(key, cancellation) ?? throw new NotFoundException("agent", key);
        }
        catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.CheckViolation or PostgresErrorCodes.StringDataRightTruncation)
        {
            throw new RefusedException($"The agent '{name}' cannot be: {error.MessageText}.", error);
        }
    }

    /// <summary>
    /// Sees to an orchestrator, a reviewer and that many workers (<c>worker-1</c>, …). Agents that are there are left alone, but for their model when it is not set
    /// by a person; more workers than asked for stay.
    /// </summary>
    public async Task<IReadOnlyList<Agent>> EnsureDefaultsAsync(int workers, Func<AgentRole, string> model, CancellationToken cancellation = default)
    {
        await database.RunAsync(
            """
            WITH given AS (SELECT * FROM unnest(@names::text[], @roles::text[], @models::text[], @ids::uuid[]) AS g(name, role, model, id)),
            made AS (
                INSERT INTO agents (id, name, role, model, session_key, last_heartbeat)
                SELECT id, name, role, model, 'agent:' || replace(id::text, '-', ''), now() FROM given ON CONFLICT DO NOTHING RETURNING *
            )
            INSERT INTO activities (event_type, agent_id, message) SELECT 'agent.created', id, name || ' joins as ' || role FROM made
            """, cancellation, Defaults(workers, model));
        return await ListAsync(null, cancellation);
    }

    public Task HeartbeatAsync(Guid id, CancellationToken cancellation = default) =>
        database.RunAsync("UPDATE agents SET last_heartbeat = now() WHERE id = @id", cancellation, ("id", id));

    /// <summary>A paused agent finishes what it has and takes nothing new.</summary>
    public async Task<Agent> PauseAsync(Guid id, bool paused, CancellationToken cancellation = default) =>
        await database.FirstAsync(
            $"""
            WITH changed AS (UPDATE agents SET paused = @paused WHERE id = @id RETURNING *),
            logged AS (INSERT INTO activities (event_type, agent_id, message) SELECT CASE WHEN @paused THEN 'agent.paused' ELSE 'agent.resumed' END, id, name || CASE WHEN @paused THEN ' is paused' ELSE ' goes on' END FROM changed),
            told AS (
                SELECT pg_notify('agentos', json_build_object('kind', 'agent', 'id', id, 'state', status)::text) FROM changed
                UNION ALL SELECT pg_notify('agentos', json_build_object('kind', 'worker_free', 'id', w.id)::text) FROM ({NextWaiting}) w WHERE NOT @paused
            )
            SELECT {Agent.Columns}, (SELECT count(*) FROM told) FROM changed a
            """, Agent.Read, cancellation, ("id", id), ("paused", paused)) ?? throw new NotFoundException("agent", id);

    private static (string, object?)[] Defaults(int workers, Func<AgentRole, string> model)
    {
        (string Name, AgentRole Role)[] wanted =
            [("orchestrator", AgentRole.Orchestrator), .. Enumerable.Range(1, workers).Select(i => ($"worker-{i}", AgentRole.Worker)), ("reviewer", AgentRole.Reviewer)];
        return
        [
            ("names", wanted.Select(one => one.Name).ToArray()), ("roles", wanted.Select(one => one.Role.Word()).ToArray()),
            ("models", wanted.Select(one => model(one.Role)).ToArray()), ("ids", wanted.Select(_ => Guid.CreateVersion7()).ToArray()),
        ];
    }
}
