using System.Diagnostics;

namespace AgentOS.Server.Cli;

internal static class ProcessEnd
{
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
