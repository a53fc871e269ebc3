using System.Diagnostics;

namespace AgentOS.Server.Hosting.Postgres;

/// <summary>
/// The running server under a small supervisor: a shell that holds one end of a pipe. The pipe closes when this process
/// ends, also by kill -9, and the supervisor then asks PostgreSQL for its clean, fast shutdown.
/// </summary>
internal sealed class PostgresProcess : IDisposable
{
    // In a session of its own, so that Ctrl-C in a terminal reaches agentos, which stops PostgreSQL last.
    private const string Supervisor =
        """
        log=$1; shift
        exec 3<&0 </dev/null >"$log" 2>&1
        "$@" 3<&- &
        server=$!
        { read -r _ <&3; kill -INT $server; } 2>/dev/null &
        watcher=$!
        exec 3<&-
        wait $server; code=$?
        kill $watcher 2>/dev/null
        exit $code
        """;

    // A statement's memory is returned at its end and asked for again by the next. What glibc then gives back to the kernel by default (128 KiB, more if a larger
    // piece was ever freed) comes as page faults again, fifty for each group of commits.
    private static readonly Dictionary<string, string> Memory = new() { ["MALLOC_TRIM_THRESHOLD_"] = $"{16 << 20}", ["MALLOC_MMAP_THRESHOLD_"] = $"{4 << 20}" };

    private readonly Process _process;

    private PostgresProcess(Process process) => _process = process;

    public bool HasExited => _process.HasExited;

    public static PostgresProcess Start(string[] command, string log)
    {
        var supervised = OperatingSystem.IsWindows()
            ? command
            : [.. CommandLine.Exists("setsid") ? (string[])["setsid", "sh"] : ["sh", "-m"], "-c", Supervisor, "sh", log, .. command];
        var start = CommandLine.Describe(supervised);
        foreach (var (name, value) in Memory) start.Environment[name] = value;
        return new(Process.Start(start)!);
    }

    /// <summary>Asks for the fast shutdown; does not wait.</summary>
    public void LetGo()
    {
        if (!_process.HasExited) _process.StandardInput.Close();
    }

    /// <returns>False when it still runs after that time.</returns>
    public async Task<bool> WaitForExitAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        return await WaitForExitAsync(limit.Token);
    }

    /// <returns>False when it still runs at the cancellation.</returns>
    public async Task<bool> WaitForExitAsync(CancellationToken cancellation)
    {
        try
        {
            await _process.WaitForExitAsync(cancellation);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose() => _process.Dispose();
}
