namespace AgentOS.Activities.Shell;

/// <summary>A command line for the shell, and the one folder of the machine in which it may work.</summary>
/// <param name="Command">Text for <c>bash</c> (or <c>sh</c> where there is no bash).</param>
/// <param name="Workspace">Absolute folder of the machine; <see cref="Sandbox.WorkspacePath"/> inside.</param>
public sealed record SandboxCommand(string Command, string Workspace)
{
    /// <summary>Where the command starts, relative to the workspace.</summary>
    public string Folder { get; init; } = "";

    public SandboxPolicy Policy { get; init; } = SandboxPolicy.Default;

    /// <summary>Set for the setup of dependencies, which may reach a network that tests may not.</summary>
    public bool IsSetup { get; init; }

    /// <summary>False for a command that must not change its workspace.</summary>
    public bool WorkspaceWritable { get; init; } = true;

    /// <summary>What AgentOS itself adds: git data, caches of dependencies.</summary>
    public IReadOnlyList<SandboxMount> Mounts { get; init; } = [];

    /// <summary>Added after the policy's variables, and wins over them.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Shorter than the policy's limit, when set.</summary>
    public TimeSpan? Timeout { get; init; }

    internal TimeSpan EffectiveTimeout =>
        Timeout is { } asked && asked < Policy.Limits.Time ? asked : Policy.Limits.Time;

    internal bool HasNetwork =>
        Policy.Network is NetworkAccess.Always || (IsSetup && Policy.Network is NetworkAccess.Setup);
}

/// <summary>A folder or file of the machine shown in the sandbox.</summary>
public sealed record SandboxMount(string Source, string Target, bool Writable = false)
{
    /// <summary>An empty folder that is gone after the command, over one that exists.</summary>
    public static SandboxMount Scratch(string target) => new("", target, Writable: true);
}

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">As the shell reports it; 124 when stopped by a limit.</param>
/// <param name="Output">Standard output and error as they came, the middle left out when too long.</param>
/// <param name="TimedOut">Stopped because its time was up.</param>
/// <param name="StoppedBy">The limit that ended it, in words, or null.</param>
public sealed record CommandResult(
    int ExitCode, string Output, bool TimedOut, bool OutputTruncated, TimeSpan Duration, string? StoppedBy = null)
{
    public bool Succeeded => ExitCode == 0 && StoppedBy is null;
}
