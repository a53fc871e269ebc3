using AgentOS.Engine.Runtime.Instances;

namespace AgentOS.Engine.Runtime.Hosting;

/// <summary>How the engine runs on this node.</summary>
public sealed class EngineOptions
{
    /// <summary>Where the engine keeps its schema. Used when no data source is given.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>A data source of the host, shared with the engine.</summary>
    public Npgsql.NpgsqlDataSource? DataSource { get; set; }

    /// <summary>Applies the engine's migrations at start.</summary>
    public bool Migrate { get; set; } = true;

    /// <summary>Whether this node takes work from the queue. One that does not still answers its own HTTP calls.</summary>
    public bool RunWork { get; set; } = true;

    /// <summary>Bursts from the queue at a time. Most of them wait for something slow, so this is not the number of cores.</summary>
    public int MaxConcurrentBursts { get; set; } = 256;

    /// <summary>How long a lost hint can delay work.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long an event that names an instance or a correlation waits for its listener.</summary>
    public TimeSpan EarlyEventRetention { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long an event for anybody waits for a listener.</summary>
    public TimeSpan EarlyBroadcastRetention { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long finished instances are kept.</summary>
    public RetentionOptions Retention { get; } = new();

    /// <summary>A folder of workflow definitions, published when their files change.</summary>
    public string? WorkflowsFolder { get; set; }

    /// <summary>Where HTTP triggers are served.</summary>
    public string HttpBasePath { get; set; } = "/workflows";

    /// <summary>What HTTP requests of workflows may reach.</summary>
    public AgentOS.Engine.Http.OutgoingHttpOptions OutgoingHttp { get; } = new();

    /// <summary>Where Elsa's API is served.</summary>
    public string ApiPath { get; set; } = "/elsa/api";

    /// <summary>Activities beside the engine's own: their assemblies.</summary>
    public IList<System.Reflection.Assembly> ActivityAssemblies { get; } = [];

    /// <summary>
    /// Called on every node soon after an instance (its id) has faulted, once its end can be read; with null when such hints may have been missed.
    /// What it throws is logged. A node that dies before has told no one: look for faulted instances at a start.
    /// </summary>
    public Func<IServiceProvider, string?, CancellationToken, Task>? Faulted { get; set; }

    /// <summary>
    /// Asked before an instance (its id) that has faulted is retried by the API: what the host did instead, or why nobody may. Null: nothing, the engine retries it.
    /// </summary>
    public Func<IServiceProvider, string, CancellationToken, Task<RetryOutcome?>>? Retry { get; set; }

    /// <summary>Transactions that write bursts at a time.</summary>
    public int CommitLanes { get; set; } = 2;
}
