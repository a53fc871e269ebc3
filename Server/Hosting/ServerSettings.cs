using System.Net;
using AgentOS.Kernel;

namespace AgentOS.Server.Hosting;

/// <summary>What a server is started with.</summary>
/// <param name="Data">Its data folder.</param>
/// <param name="Url">Where it listens; port 0 takes a free one.</param>
internal sealed record ServerSettings(DataFolder Data, Uri Url)
{
    public const string DefaultUrl = "http://127.0.0.1:5080";

    /// <summary>Null: everything. Else the one role of agents that this node works for.</summary>
    public string? Role { get; init; }

    /// <summary>This node adds to a server that runs already: it has that server's database, and an address that nobody needs to know.</summary>
    public bool JoinsServer { get; init; }

    /// <summary>PostgreSQL of the owner's choice; null runs the private one.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>Names, besides those of <see cref="Url"/> and loopback, under which browsers may call this server.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>What HTTP requests of workflows may reach besides the public internet: hosts, hosts with ports, addresses, networks, or <c>*</c>.</summary>
    public IReadOnlyList<string> WorkflowHosts { get; init; } = [];

    /// <summary>Which finished workflow instances are deleted, and when.</summary>
    public IReadOnlyList<RetentionRule> Retention { get; init; } = RetentionRule.Usual;

    /// <summary>Nothing is written to the console: it belongs to the process that started this one.</summary>
    public bool Detached { get; init; }

    /// <summary>A recording that answers in place of models; null uses llm.yaml.</summary>
    public string? Recording { get; init; }

    /// <summary>Where the models are configured; the first file that exists counts.</summary>
    public IReadOnlyList<string> ModelFiles => Recording is null ? Installation.Find().ModelFiles(Data) : [RecordedModelFile];

    /// <summary>Written at the start with a recording: the models of its endpoint.</summary>
    public string RecordedModelFile => Data.In("recorded-llm.yaml");

    /// <summary>Workers to see to at the start.</summary>
    public int Workers { get; init; } = 3;

    public bool ListensEverywhere => IPAddress.TryParse(Url.Host.Trim('[', ']'), out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));

    public static ServerSettings FromEnvironment(string? url = null, string? role = null)
    {
        var data = DataFolder.FromEnvironment();
        var joins = role is not null && data.ReadServer() is { } server && server.IsAlive;
        return new(data, ParseUrl(url ?? (joins ? "http://127.0.0.1:0" : Variable("AGENTOS_URL") ?? DefaultUrl)))
        {
            Role = role,
            JoinsServer = joins,
            ConnectionString = Variable("ConnectionStrings__AgentOS"),
            Hosts = List("AGENTOS_HOSTS"),
            WorkflowHosts = List("AGENTOS_WORKFLOW_HOSTS"),
            Retention = Variable("AGENTOS_RETENTION") is { } rules ? RetentionRule.Parse(rules) : RetentionRule.Usual,
            Detached = Variable("AGENTOS_DETACHED") == "1",
        };
    }

    /// <exception cref="AgentOSException">It is not an http(s) address without a path.</exception>
    public static Uri ParseUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.PathAndQuery == "/" && url.UserInfo == ""
            ? url
            : throw new AgentOSException($"'{text}' is not an address to listen on or to call. Give --url (or AGENTOS_URL) as {DefaultUrl}.");

    private static string[] List(string name) => Variable(name)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;
}
