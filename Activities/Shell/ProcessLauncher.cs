using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace AgentOS.Activities.Shell;

/// <summary>
/// Starts all children from one thread that never ends. A child that asks to die with its parent dies with the
/// <em>thread</em> that started it, and threads of the pool come and go.
/// </summary>
internal static class ProcessLauncher
{
    private static readonly BlockingCollection<(ProcessStartInfo Info, TaskCompletionSource<Process> Started)> Requests = [];

    static ProcessLauncher()
    {
        KeepInheritedFiles();
        new Thread(StartRequested) { IsBackground = true, Name = "Process launcher" }.Start();
    }

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

    /// <summary>
    /// What this process has open of whoever started it (a log, a socket of a service manager) is no child's: the runtime marks its own files so,
    /// and nobody marks those.
    /// </summary>
    private static void KeepInheritedFiles()
    {
        const int setFlags = 2, closeOnExec = 1; // F_SETFD, FD_CLOEXEC
        if (!OperatingSystem.IsLinux()) return;
        foreach (var file in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
            if (int.Parse(Path.GetFileName(file), CultureInfo.InvariantCulture) is > 2 and var number) _ = SetFlags(number, setFlags, closeOnExec);
    }

    [DllImport("libc", EntryPoint = "fcntl")]
    private static extern int SetFlags(int file, int command, int flags);
}
