namespace AgentOS.Kernel.Health;

/// <summary>One thing that AgentOS needs.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Status">ok, warning (something will not work) or failed (the server cannot run).</param>
/// <param name="Detail">What was found, or what is wrong and what to do.</param>
public sealed record Finding(string Name, string Status, string Detail)
{
    public static Finding Ok(string name, string detail) => new(name, "ok", detail);
    public static Finding Warning(string name, string detail) => new(name, "warning", detail);
    public static Finding Failed(string name, string detail) => new(name, "failed", detail);
}

/// <summary>Looks at the machine that the server runs on, by who knows how: programs, sandbox, disk, models' configuration. Takes seconds.</summary>
public delegate Task<IReadOnlyList<Finding>> LookAtMachine(CancellationToken cancellation);

/// <summary>Looks at the workflow engine, by who knows it.</summary>
public delegate Task<EngineHealth> LookAtEngine(CancellationToken cancellation);

public sealed record EngineHealth(IReadOnlyList<EngineNode> Nodes, IReadOnlyList<QueueDepth> Queues);

/// <param name="AliveUntil">Unless it says so again.</param>
public sealed record EngineNode(string Id, string Name, DateTimeOffset StartedAt, DateTimeOffset AliveUntil, bool IsAlive);

/// <param name="Waiting">How long the oldest in it waits, where that is known.</param>
public sealed record QueueDepth(string Name, long Length, TimeSpan? Waiting = null);
