using AgentOS.Kernel.Database;

namespace AgentOS.Kernel.Agents;

public sealed partial class AgentStore
{
    /// <summary>Takes an agent out. What it did stays its own; made again by its name, it is back.</summary>
    /// <exception cref="RefusedException">It is at work, or the only one of its role.</exception>
    public async Task<Agent> RemoveAsync(Guid id, CancellationToken cancellation = default)
    {
        var agent = await FindAsync(id, cancellation) ?? throw new NotFoundException("agent", id);
        return await database.InOneBatchAsync(WorkersLock,
            $"""
            WITH changed AS (
                UPDATE agents a SET removed_at = now(), paused = TRUE, status = 'idle'
                WHERE id = @id AND removed_at IS NULL AND current_task_id IS NULL
                    AND NOT EXISTS (SELECT FROM agent_sessions s WHERE s.agent_id = a.id AND s.status = 'running')
                    AND EXISTS (SELECT FROM agents o WHERE o.role = a.role AND o.id <> a.id AND o.removed_at IS NULL)
                RETURNING *
            ), silenced AS (UPDATE schedules s SET enabled = FALSE FROM changed c WHERE s.agent_id = c.id),
            freed AS (UPDATE tasks t SET status = 'inbox', assignee_id = NULL FROM changed c WHERE t.assignee_id = c.id AND t.status = 'assigned' RETURNING t.*),
            given AS (
                INSERT INTO activities (event_type, task_id, message)
                SELECT CASE f.kind WHEN 'goal' THEN 'goal' ELSE 'task' END || '.unassigned', f.id, 'Anyone may take it: ' || c.name || ' leaves' FROM freed f, changed c
            ),
            logged AS (INSERT INTO activities (event_type, agent_id, message) SELECT 'agent.removed', id, name || ' leaves' FROM changed),
            told AS (
                SELECT pg_notify('agentos', json_build_object('kind', 'agent', 'id', id, 'state', 'removed')::text) FROM changed
                UNION ALL SELECT pg_notify('agentos', json_build_object('kind', CASE kind WHEN 'goal' THEN 'goal' ELSE 'task' END, 'id', id, 'state', status, 'parent', parent_task_id)::text) FROM freed
                UNION ALL SELECT pg_notify('agentos', json_build_object('kind', 'worker_free', 'id', id)::text) FROM freed WHERE waiting_since IS NOT NULL
            )
            SELECT {Agent.Columns}, (SELECT count(*) FROM told) FROM changed a
            """, Agent.Read, cancellation, ("id", id))
            ?? throw new RefusedException((await ListAsync(agent.Role, cancellation)) is [var only] && only.Id == id
                ? $"{agent.Name} is the only {agent.Role.Word()}. Add another first: agentos agent create NAME --role {agent.Role.Word()}"
                : $"{agent.Name} is at work. Pause it (agentos agent pause {agent.Name}), and remove it when it is done.");
    }
}
