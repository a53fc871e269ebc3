using System.Text.Json.Serialization;
using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Agents;

[JsonConverter(typeof(WordConverter<AgentRole>))]
public enum AgentRole { Orchestrator, Worker, Reviewer }

[JsonConverter(typeof(WordConverter<AgentStatus>))]
public enum AgentStatus { Idle, Active, Blocked }

/// <summary>A row of <c>agents</c>: a named planner, coder or judge.</summary>
/// <param name="CurrentTaskId">The task that a worker has claimed.</param>
/// <param name="Paused">Takes nothing new until a person lets it go on.</param>
public sealed record Agent(
    Guid Id,
    string Name,
    AgentRole Role,
    AgentStatus Status,
    string? SessionKey,
    string Model,
    string[] Capabilities,
    DateTimeOffset? LastHeartbeat,
    bool Paused,
    Guid? CurrentTaskId,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    internal const string Columns =
        """
        a.id, a.name, a.role, a.status, a.session_key, a.model,
        ARRAY(SELECT jsonb_array_elements_text(CASE jsonb_typeof(a.capabilities) WHEN 'array' THEN a.capabilities ELSE '[]' END)),
        a.last_heartbeat, a.paused, a.current_task_id, a.created_at, a.updated_at
        """;

    internal static Agent Read(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.Id(), row.Text(), row.Word<AgentRole>(), row.Word<AgentStatus>(), row.OptionalText(), row.Text(), row.Texts(),
            row.OptionalTime(), row.Truth(), row.OptionalId(), row.Time(), row.Time());
    }
}

/// <summary>What came of asking for a worker.</summary>
public abstract record WorkerClaim
{
    private WorkerClaim() { }

    /// <summary>The worker is the task's, and the task is in progress.</summary>
    public sealed record Claimed(Agent Worker) : WorkerClaim;

    /// <summary>None is free, or more urgent tasks are first. The task is noted as waiting; a notification <c>worker_free</c> names whose turn it is.</summary>
    public sealed record Waiting : WorkerClaim;

    /// <summary>The task is not to be worked on (any more).</summary>
    public sealed record Closed(string Status) : WorkerClaim;
}
