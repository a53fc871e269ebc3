using AgentOS.Kernel;

namespace AgentOS.Activities.Shell;

public enum SandboxMode
{
    /// <summary>Bubblewrap, or commands are refused.</summary>
    Bubblewrap,
    /// <summary>Commands run as the server's user, with all that this user may do. The owner asked for it by name.</summary>
    None,
}

/// <summary>How this machine sandboxes.</summary>
/// <param name="Bubblewrap">Path or name of the executable.</param>
public sealed record SandboxOptions(SandboxMode Mode = SandboxMode.Bubblewrap, string Bubblewrap = "bwrap")
{
    public const string Variable = "AGENTOS_SANDBOX";

    /// <summary>Reads <c>AGENTOS_SANDBOX</c>: <c>bwrap</c> (the default) or <c>none</c>.</summary>
    public static SandboxOptions FromEnvironment() => Parse(Environment.GetEnvironmentVariable(Variable));

    public static SandboxOptions Parse(string? value) => value?.Trim().ToLowerInvariant() switch
    {
        null or "" or "bwrap" or "bubblewrap" => new(),
        "none" => new(SandboxMode.None),
        _ => throw new AgentOSException($"{Variable} is '{value}'. Use 'bwrap', or 'none' to run commands without a sandbox."),
    };
}

/// <summary>Commands cannot be run safely on this machine; the message says what to do.</summary>
public sealed class SandboxUnavailableException(string message) : AgentOSException(message);

/// <summary>A command could not be started, for a reason that lies in its setting and not in the command.</summary>
public sealed class SandboxException(string message) : AgentOSException(message);
