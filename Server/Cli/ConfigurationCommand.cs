using System.CommandLine;
using AgentOS.Kernel.Settings;

namespace AgentOS.Server.Cli;

/// <summary>config.</summary>
internal static class ConfigurationCommand
{
    public static Command Create() => ApiCommand.Create("config", "Show what the server is set to, and by what. Passwords and keys are masked.", [], [], (_, client, cancellation) =>
        client.GetAsync<List<ConfiguredValue>>("/api/configuration", cancellation),
        values => Output.Table(["setting", "value", "set by"], [.. values.Select(one => (string[])[one.Name, one.Value, one.Source])], "Nothing is set."))
        .Example("agentos config", "agentos config --json");
}
