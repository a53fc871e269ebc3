using System.Diagnostics;
using System.Globalization;

namespace AgentOS.Server.Hosting.Postgres;

/// <summary>
/// A PostgreSQL that a crashed server left behind. It is stopped, not adopted: a new one starts in a tenth of a second
/// and ends with its parent.
/// </summary>
internal static class LeftoverPostgres
{
    private enum Holder { NotOurs, Ours, Unknown }

    public static async Task StopAsync(PostgresFolders folders, PostgresBinaries binaries, PostgresAccount account, Action<string> progress, CancellationToken cancellation)
    {
        if (ReadProcess(folders) is not { } pid) return;
        var holder = await HolderAsync(pid, folders, cancellation);
        if (holder == Holder.Unknown) return; // PostgreSQL looks for itself, and refuses when in doubt
        if (holder == Holder.Ours)
        {
            progress($"A PostgreSQL of an earlier run (process {pid}) is still there: stopping it.");
            // Fast first; what does not listen is stopped at once, and recovers from its log.
            foreach (var (mode, seconds) in ((string, string)[])[("fast", "30"), ("immediate", "15")])
            {
                var stopped = await CommandLine.RunAsync(
                    account.Wrap(binaries.Control, "stop", "-D", folders.Data, "-m", mode, "-w", "-t", seconds), cancellation);
                if (stopped.ExitCode == 0 || await HolderAsync(pid, folders, cancellation) != Holder.Ours) return;
                if (mode == "immediate")
                    throw new PostgresUnavailableException($"PostgreSQL (process {pid}) of an earlier run does not stop: {stopped.Output}. End it, then start again.");
            }
        }

        // The number in the file is now another program's, or nobody's. PostgreSQL would take the former for itself and refuse.
        File.Delete(folders.ProcessFile);
        foreach (var socket in Directory.EnumerateFiles(folders.Sockets)) File.Delete(socket);
    }

    private static int? ReadProcess(PostgresFolders folders) =>
        File.Exists(folders.ProcessFile)
            && int.TryParse(File.ReadLines(folders.ProcessFile).FirstOrDefault(), CultureInfo.InvariantCulture, out var pid)
            ? pid
            : null;

    /// <summary>PostgreSQL's working folder is its data folder. To take a living one for gone would let two write the same files.</summary>
    private static async Task<Holder> HolderAsync(int pid, PostgresFolders folders, CancellationToken cancellation)
    {
        if (OperatingSystem.IsLinux())
            return (await CommandLine.RunAsync(["test", $"/proc/{pid}/cwd", "-ef", folders.Data], cancellation)).ExitCode == 0 ? Holder.Ours : Holder.NotOurs;
        try
        {
            using var process = Process.GetProcessById(pid);
            if (!process.ProcessName.Contains("postgres", StringComparison.OrdinalIgnoreCase)) return Holder.NotOurs;
        }
        catch (ArgumentException)
        {
            return Holder.NotOurs;
        }

        if (OperatingSystem.IsWindows()) return Holder.Unknown;
        var listed = await CommandLine.RunAsync(["ps", "-ww", "-o", "args=", "-p", pid.ToString(CultureInfo.InvariantCulture)], cancellation);
        return listed.Output.Contains(folders.Data, StringComparison.Ordinal) ? Holder.Ours : Holder.Unknown;
    }
}
