using System.Diagnostics;

namespace AgentOS.Server.Hosting.Postgres;

/// <summary>Short commands of the host: initdb, id, test.</summary>
internal static class CommandLine
{
    /// <param name="ExitCode">127 when there is no such program.</param>
    /// <param name="Output">Standard output and error, trimmed.</param>
    public sealed record Result(int ExitCode, string Output);

    public static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Concat(OperatingSystem.IsWindows() ? [] : ["/usr/sbin", "/sbin"])
        .Any(folder => File.Exists(Path.Combine(folder, program)));

    public static async Task<Result> RunAsync(string[] command, CancellationToken cancellation)
    {
        using var process = new Process { StartInfo = Describe(command) };
        process.StartInfo.RedirectStandardOutput = process.StartInfo.RedirectStandardError = true;
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return new(127, error.Message);
        }

        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return new(process.ExitCode, ((await output) + (await errors)).Trim());
        }
        catch (OperationCanceledException)
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Standard input is a pipe of ours. Variables that PostgreSQL's programs obey are left behind, and so are secrets.</summary>
    public static ProcessStartInfo Describe(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            UseShellExecute = false,
            WorkingDirectory = OperatingSystem.IsWindows() ? Path.GetTempPath() : "/",
        };
        var kept = start.Environment.Where(v => v.Key is "SystemRoot" or "TEMP" or "TMP" or "TMPDIR" or "USERPROFILE").ToArray();
        var path = start.Environment.TryGetValue("PATH", out var value) ? value : "";
        start.Environment.Clear();
        foreach (var (key, content) in kept) start.Environment[key] = content;
        start.Environment["PATH"] = OperatingSystem.IsWindows() ? path : $"{path}:/usr/sbin:/sbin";
        start.Environment["LC_ALL"] = "C";
        return start;
    }
}
