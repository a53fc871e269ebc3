using System.CommandLine;

namespace AgentOS.Server.Cli;

/// <summary>Options that mean the same wherever they are.</summary>
internal static class CommonOptions
{
    public static readonly Option<string?> Url = new("--url")
    {
        Description = "Address of the server (default: AGENTOS_URL, else where the server of the data folder is, else http://127.0.0.1:5080).",
        Recursive = true,
    };

    public static readonly Option<bool> NoColor = new("--no-color") { Description = "No colours (they are left out anyway where the output is no terminal, or NO_COLOR is set).", Recursive = true };

    public static Option<bool> Json() => new("--json") { Description = "Print JSON." };
}
