using System.Diagnostics;
using System.Globalization;

namespace AgentOS.Server.Cli.Bench;

/// <summary>Who used the processor while something was measured, in parts of one core.</summary>
/// <param name="Server">The server's own process.</param>
/// <param name="Commands">What it started: sandboxes, git.</param>
/// <param name="Postgres">PostgreSQL with all its processes.</param>
/// <param name="Bench">This process: the load, and the answers in place of models.</param>
internal sealed record CpuUse(double Server, double Commands, double Postgres, double Bench)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"server {Server:0%}, its commands {Commands:0%}, PostgreSQL {Postgres:0%}, this program {Bench:0%} of a core");
}

/// <summary>Processor times so far, from <c>/proc</c>.</summary>
internal sealed class CpuTimes
{
    private const double Tick = 100;
    private readonly long _at = Stopwatch.GetTimestamp();
    private double _server, _commands, _postgres, _bench;

    public static async Task<CpuTimes?> ReadAsync(BenchServer server, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux()) return null;
        await using var ask = server.Database.CreateCommand("SELECT pg_backend_pid()");
        var backend = Of((int)(await ask.ExecuteScalarAsync(cancellation))!);
        var times = new CpuTimes { _bench = Environment.CpuUsage.TotalTime.TotalSeconds };
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) || Of(id) is not { } process) continue;
            if (id == server.Running.Process) (times._server, times._commands) = (process.Own, process.Children);
            else if (backend is not null && id == backend.Parent) times._postgres += process.Own + process.Children;
            else if (backend is not null && process.Parent == backend.Parent) times._postgres += process.Own;
        }

        return times;
    }

    private static ProcessTimes? Of(int id)
    {
        try
        {
            // The name may hold blanks and brackets: what counts begins after the last one.
            var text = File.ReadAllText($"/proc/{id}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            double Seconds(int from) => (long.Parse(fields[from], CultureInfo.InvariantCulture) + long.Parse(fields[from + 1], CultureInfo.InvariantCulture)) / Tick;
            return new(int.Parse(fields[1], CultureInfo.InvariantCulture), Seconds(11), Seconds(13));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed record ProcessTimes(int Parent, double Own, double Children);

    internal CpuUse Since(CpuTimes earlier)
    {
        var seconds = Stopwatch.GetElapsedTime(earlier._at, _at).TotalSeconds;
        double Part(double now, double then) => Math.Round((now - then) / seconds, 2);
        return new(Part(_server, earlier._server), Part(_commands, earlier._commands), Part(_postgres, earlier._postgres), Part(_bench, earlier._bench));
    }
}

internal static class CpuTimesSince
{
    public static async Task<CpuUse?> SinceAsync(this CpuTimes? earlier, BenchServer server, CancellationToken cancellation) =>
        earlier is null ? null : (await CpuTimes.ReadAsync(server, cancellation))!.Since(earlier);
}
