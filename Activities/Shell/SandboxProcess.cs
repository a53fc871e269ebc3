using System.Diagnostics;

namespace AgentOS.Activities.Shell;

/// <summary>A sandboxed command that stays, and talks through its standard input and output. Its standard error is not kept.</summary>
public sealed class SandboxProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly Task draining;

    private SandboxProcess(Process process)
    {
        this.process = process;
        draining = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
    }

    public Stream Input => process.StandardInput.BaseStream;

    public Stream Output => process.StandardOutput.BaseStream;

    internal static async Task<SandboxProcess> StartAsync(SandboxCommand command, string? bubblewrap)
    {
        // Error output would fall among the answers: the launcher joins the two.
        var quiet = command with { Command = $"exec 2>/dev/null; {command.Command}" };
        return new(await ProcessLauncher.StartAsync(
            bubblewrap is null ? SandboxRun.UnprotectedStart(quiet) : SandboxRun.BubblewrapStart(quiet, bubblewrap)));
    }

    /// <summary>Ends the command and all that it started.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
        await process.WaitForExitAsync(CancellationToken.None);
        await draining;
        process.Dispose();
    }
}
