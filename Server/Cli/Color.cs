using Spectre.Console;

namespace AgentOS.Server.Cli;

/// <summary>Colours: only on a terminal, and not where NO_COLOR (https://no-color.org) or --no-color says no.</summary>
internal static class Color
{
    public static bool IsOn { get; private set; } = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>A person looks on, who can be shown what changes in place.</summary>
    public static bool IsWatched => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb" && AnsiConsole.Profile.Capabilities.Ansi;

    public static void Set(bool off)
    {
        if (off) IsOn = false;
        if (!IsOn) AnsiConsole.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
    }
}
