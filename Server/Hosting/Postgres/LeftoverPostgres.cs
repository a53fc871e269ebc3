using System.Diagnostics;
using System.Globalization;

namespace AgentOS.Server.Hosting.Postgres;

/// <summary>
/// A PostgreSQL that a crashed server left behind. It is stopped, not adopted: a new one starts in a tenth of a second
/// and ends with its parent.
/// </summary>
internal static class LeftoverPostgres
{
    public static async Task StopAsync(PostgresFolders folders, PostgresBinaries binaries, PostgresAccount account, Action<string> progress, CancellationToken cancellation)
    {
        if (ReadProcess(folders) is not { } pid) return;
        if (await IsPostgresAsync(pid, folders, cancellation))
        {
            progress($"A PostgreSQL of an earlier run (process {pid}) is still there: stopping it.");
            // Fast first; what does not listen is stopped at once, and recovers from its log.
            foreach (var (mode, seconds) in ((string, string)[])[("fast", "30"), ("immediate", "15")])
            {
                var stopped = await CommandLine.RunAsync(
                    account.Wrap(binaries.Control, "stop", "-D", folders.Data, "-m", mode, "-w", "-t", seconds), cancellation);
                if (stopped.ExitCode == 0 || !await IsPostgresAsync(pid, folders, cancellation)) return;
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

    private static async Task<bool> IsPostgresAsync(int pid, PostgresFolders folders, CancellationToken cancellation)
    {
        if (OperatingSystem.IsWindows())
        {
            try
            {
                using var process = Process.GetProcessById(pid);
                return process.ProcessName.Equals("postgres", StringComparison.OrdinalIgnoreCase);
            }
            catch (ArgumentException)
            {
                return false;
            }
        }

        var listed = await CommandLine.RunAsync(["ps", "-ww", "-o", "stat=,args=", "-p", pid.ToString(CultureInfo.InvariantCulture)], cancellation);
        return listed.ExitCode == 127
            ? File.Exists($"/proc/{pid}/cmdline") && (await File.ReadAllTextAsync($"/proc/{pid}/cmdline", cancellation)).Contains(folders.Data, StringComparison.Ordinal)
            : listed.ExitCode == 0 && !listed.Output.StartsWith('Z') && listed.Output.Contains(folders.Data, StringComparison.Ordinal);
    }
}
