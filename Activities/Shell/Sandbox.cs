namespace AgentOS.Activities.Shell;

/// <summary>
/// Runs commands of agents and of checks: in a bubblewrap sandbox, or, when the owner opted out by name, as they are.
/// Where there is no sandbox every command is refused.
/// </summary>
public sealed class Sandbox(SandboxOptions options)
{
    /// <summary>Where a command finds its workspace in the sandbox.</summary>
    public const string WorkspacePath = "/workspace";

    private readonly BubblewrapProbe probe = new(options);

    public SandboxMode Mode => options.Mode;

    /// <summary>Whether commands can run here; null, or what to do.</summary>
    public async Task<string?> ProblemAsync(CancellationToken cancel = default)
    {
        try
        {
            if (options.Mode is SandboxMode.Bubblewrap)
                await probe.RequireAsync(cancel);
            return null;
        }
        catch (SandboxUnavailableException unavailable)
        {
            return unavailable.Message;
        }
    }

    /// <summary>Runs a command to its end, or to the first limit that it passes. Everything it started ends with it.</summary>
    /// <param name="onOutput">Called with each line as it comes, from a thread of the pool.</param>
    /// <exception cref="SandboxUnavailableException">There is no sandbox on this machine.</exception>
    /// <exception cref="SandboxException">The command's setting (a folder, a mount) is wrong.</exception>
    /// <exception cref="OperationCanceledException">The command was ended because the caller asked.</exception>
    public async Task<CommandResult> RunAsync(SandboxCommand command, Action<string>? onOutput = null, CancellationToken cancel = default)
    {
        if (!Directory.Exists(command.Workspace))
            throw new SandboxException($"The workspace '{command.Workspace}' does not exist. Prepare it first.");
        if (options.Mode is SandboxMode.None)
            return (await SandboxRun.UnprotectedAsync(command, onOutput, cancel)).Result;
        var bubblewrap = await probe.RequireAsync(cancel);
        var run = await SandboxRun.BubblewrapAsync(command, bubblewrap, onOutput, cancel);
        return run.Problem is null
            ? run.Result
            : throw new SandboxException($"The sandbox for the command could not be made: {run.Problem}");
    }

    /// <summary>Starts a command that stays until it is disposed of. Its limits are those that the system itself holds.</summary>
    /// <exception cref="SandboxUnavailableException">There is no sandbox on this machine.</exception>
    public async Task<SandboxProcess> StartAsync(SandboxCommand command, CancellationToken cancel = default) =>
        await SandboxProcess.StartAsync(command, options.Mode is SandboxMode.None ? null : await probe.RequireAsync(cancel));
}
