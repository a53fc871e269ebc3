namespace AgentOS.Server.Hosting.Postgres;

/// <summary>Where the private PostgreSQL lives and how it is run.</summary>
/// <param name="DataFolder">The data folder of the server; made when missing.</param>
internal sealed record EmbeddedPostgresOptions(string DataFolder)
{
    /// <summary>The folder to look for <c>node_modules</c> from, upwards. Default: where the program is.</summary>
    public string Installation { get; init; } = AppContext.BaseDirectory;

    /// <summary>Settings of postgresql.conf that win over <see cref="PostgresSettings"/>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>More arguments for initdb, for example <c>--no-sync</c> for a throw-away server.</summary>
    public IReadOnlyList<string> InitdbArguments { get; init; } = [];

    /// <summary>Listen on a free port of 127.0.0.1 instead of a Unix socket; always so on Windows.</summary>
    public bool Loopback { get; init; } = OperatingSystem.IsWindows();

    /// <summary>How long a start may take, recovery included.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Told what takes long.</summary>
    public Action<string> Progress { get; init; } = _ => { };
}
