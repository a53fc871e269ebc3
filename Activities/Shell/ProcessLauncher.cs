using System.Collections.Concurrent;
using System.Diagnostics;

namespace AgentOS.Activities.Shell;

/// <summary>
/// Starts all children from one thread that never ends. A child that asks to die with its parent dies with the
/// <em>thread</em> that started it, and threads of the pool come and go.
/// </summary>
internal static class ProcessLauncher
{
    private static readonly BlockingCollection<(ProcessStartInfo Info, TaskCompletionSource<Process> Started)> Requests = [];

    static ProcessLauncher() =>
        new Thread(StartRequested) { IsBackground = true, Name = "Process launcher" }.Start();

    public static Task<Process> StartAsync(ProcessStartInfo info)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Requests.Add((info, started));
        return started.Task;
    }

    private static void StartRequested()
    {
        foreach (var (info, started) in Requests.GetConsumingEnumerable())
        {
            try
            {
                started.SetResult(Process.Start(info)!);
            }
            catch (Exception error)
            {
                started.SetException(error);
            }
        }
    }
}
