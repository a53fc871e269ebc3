namespace AgentOS.Activities.Shell;

/// <summary>When a command may reach the network.</summary>
public enum NetworkAccess
{
    /// <summary>Never; loopback inside the sandbox works.</summary>
    None,
    /// <summary>Only while dependencies are set up.</summary>
    Setup,
    /// <summary>Always.</summary>
    Always,
}

/// <summary>
/// What the owner of a repository allows its commands. Comes from the repository's settings in AgentOS,
/// never from a file of the repository.
/// </summary>
public sealed record SandboxPolicy
{
    public static SandboxPolicy Default { get; } = new();

    public NetworkAccess Network { get; init; } = NetworkAccess.None;

    /// <summary>Absolute folders or files of the machine that commands see, read-only, at the same place.</summary>
    public IReadOnlyList<string> ReadOnlyPaths { get; init; } = [];

    /// <summary>Absolute folders of the machine that commands may change.</summary>
    public IReadOnlyList<string> WritablePaths { get; init; } = [];

    /// <summary>Variables added to the environment, which is otherwise built from nothing.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public SandboxLimits Limits { get; init; } = new();
}

/// <summary>Limits of one command. Bytes unless said otherwise.</summary>
public sealed record SandboxLimits
{
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Of all processes of the command together.</summary>
    public long Memory { get; init; } = 4L << 30;

    /// <summary>Processes and threads.</summary>
    public int Processes { get; init; } = 2048;

    /// <summary>The largest single file that can be written.</summary>
    public long FileSize { get; init; } = 2L << 30;

    /// <summary>What a command may add to the disk, and the size of its <c>/tmp</c>.</summary>
    public long Disk { get; init; } = 8L << 30;

    /// <summary>Kept of the output: half from its head, half from its tail.</summary>
    public int Output { get; init; } = 256 << 10;
}
