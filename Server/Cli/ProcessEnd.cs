using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AgentOS.Server.Cli;

internal static class ProcessEnd
{
    private const int Terminate = 15;

    /// <summary>Asks a process to end in order (SIGTERM).</summary>
    public static void Ask(int id)
    {
        if (OperatingSystem.IsWindows())
        {
            using var process = Process.GetProcessById(id);
            process.CloseMainWindow();
        }
        else
        {
            _ = Kill(id, Terminate);
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    /// <summary>Waits until a process of this machine, not necessarily a child, is gone.</summary>
    public static async Task<bool> WaitAsync(int id, TimeSpan limit, CancellationToken cancellation)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            timeout.CancelAfter(limit);
            await process.WaitForExitAsync(timeout.Token);
            return true;
        }
        catch (ArgumentException)
        {
            return true; // it was gone already
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
