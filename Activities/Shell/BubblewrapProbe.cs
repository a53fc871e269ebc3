namespace AgentOS.Activities.Shell;

/// <summary>Whether bubblewrap works here. A success is kept; a failure is tried again, as it may be mended meanwhile.</summary>
internal sealed class BubblewrapProbe(SandboxOptions options)
{
    private string? working;

    /// <summary>The full path of bubblewrap.</summary>
    /// <exception cref="SandboxUnavailableException">It is missing or not allowed to work.</exception>
    public async Task<string> RequireAsync(CancellationToken cancel)
    {
        if (working is { } known)
            return known;
        var path = Find(options.Bubblewrap) ?? throw new SandboxUnavailableException(
            $"""
            Commands are refused: there is no sandbox, because bubblewrap ('{options.Bubblewrap}') is not installed.
            Install it (Debian, Ubuntu: apt-get install bubblewrap; Fedora: dnf install bubblewrap; Arch: pacman -S bubblewrap),
            or accept commands without a sandbox by starting the server with {SandboxOptions.Variable}=none.
            """);
        var folder = Directory.CreateTempSubdirectory("agentos-probe-");
        try
        {
            var run = await SandboxRun.BubblewrapAsync(new("true", folder.FullName), path, null, cancel);
            if (run.Problem is { } problem)
                throw new SandboxUnavailableException(
                    $"""
                    Commands are refused: bubblewrap is installed but does not work here: {problem}
                    It needs unprivileged user namespaces. Depending on the machine: sysctl -w kernel.unprivileged_userns_clone=1;
                    sysctl -w kernel.apparmor_restrict_unprivileged_userns=0; in a container, allow them (for Docker:
                    --security-opt seccomp=unconfined --security-opt systempaths=unconfined).
                    Or accept commands without a sandbox by starting the server with {SandboxOptions.Variable}=none.
                    """);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
        return working = path;
    }

    private static string? Find(string name) => Path.IsPathRooted(name)
        ? File.Exists(name) ? name : null
        : (Environment.GetEnvironmentVariable("PATH") ?? SystemView.Path).Split(':')
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
