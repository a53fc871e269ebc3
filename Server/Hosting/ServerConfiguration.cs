using AgentOS.Activities.Shell;
using AgentOS.Kernel.Settings;
using Npgsql;

namespace AgentOS.Server.Hosting;

/// <summary>What this server is set to, for people: no password, no key.</summary>
internal static class ServerConfiguration
{
    private const string NotSet = "not set";

    public static IReadOnlyList<ConfiguredValue> Of(ServerSettings settings, string connection) =>
    [
        new("Version", AgentOSServer.Version, Installation.Find().Path),
        new("Address", settings.Url.GetLeftPart(UriPartial.Authority), "--url or AGENTOS_URL"),
        new("Data folder", settings.Data.Path, "AGENTOS_HOME"),
        new("Owner's token", "••••••", settings.Data.TokenFile),
        new("Models", settings.ModelFiles.FirstOrDefault(File.Exists) ?? settings.ModelFiles[0], settings.Recording is null ? "the first of: " + string.Join(", ", settings.ModelFiles) : $"a recording: {settings.Recording}"),
        new("PostgreSQL", Shown(connection), settings.ConnectionString is null ? "private, in the data folder" : "ConnectionStrings__AgentOS"),
        new("Agents", settings.Role is { } role ? $"only the role {role}" : $"all roles, {settings.Workers} workers at the first start", "agentos start [role]"),
        new("Workflow definitions", Installation.Find().Workflows, "the installation"),
        new("Sandbox", Sandbox(), SandboxOptions.Variable),
        new("Names for browsers", List(settings.Hosts), "AGENTOS_HOSTS"),
        new("HTTP of workflows, besides the public internet", List(settings.WorkflowHosts), "AGENTOS_WORKFLOW_HOSTS"),
        new("Traces and metrics", Masked(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT")), "OTEL_EXPORTER_OTLP_ENDPOINT"),
        new("Logs", settings.Data.Logs, "the data folder"),
    ];

    private static string List(IReadOnlyList<string> names) => names.Count == 0 ? NotSet : string.Join(", ", names);

    private static string Sandbox()
    {
        try
        {
            return SandboxOptions.FromEnvironment().Mode.ToString().ToLowerInvariant();
        }
        catch (Kernel.AgentOSException error)
        {
            return error.Message;
        }
    }

    private static string Shown(string connection)
    {
        var known = new NpgsqlConnectionStringBuilder(connection);
        return $"{known.Database} at {known.Host}:{known.Port}, user {known.Username}{(known.Password is { Length: > 0 } ? ", password ••••••" : "")}";
    }

    /// <summary>An address may hold a user and a password.</summary>
    private static string Masked(string? address) => string.IsNullOrWhiteSpace(address) ? NotSet
        : Uri.TryCreate(address.Trim(), UriKind.Absolute, out var known) ? known.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : "••••••";
}
