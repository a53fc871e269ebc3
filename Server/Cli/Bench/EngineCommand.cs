using System.CommandLine;
using System.Globalization;

namespace AgentOS.Server.Cli.Bench;

/// <summary>bench engine: runs per second of small workflows over HTTP, with everything persisted.</summary>
internal static class EngineCommand
{
    public static Command Create()
    {
        var seconds = BenchCommand.Number("--seconds", 10, 1, 600, "How long each workload is measured, after a fifth of it to warm up.");
        var instances = BenchCommand.Number("--instances", 2000, 1, 100_000, "Instances that are suspended and then resumed, in each of five rounds after three to warm up.");
        var callers = BenchCommand.Number("--callers", 8, 1, 256, "Connections that start and resume them.");
        var clients = new Option<int[]>("--clients")
        {
            Description = "Connections that run a workload, each sending its next request when it has the answer to the last",
            DefaultValueFactory = _ => [1, 8, 32],
            AllowMultipleArgumentsPerToken = true,
        };
        clients.Validators.Add(result =>
        {
            if (BenchCommand.IsOutside(result, 1, 1024)) result.AddError("--clients takes numbers from 1 to 1024.");
        });
        var json = CommonOptions.Json();
        var command = new Command("engine", "Runs per second and latencies of small workflows over HTTP, and of suspending and resuming.") { seconds, instances, callers, clients, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var server = await BenchServer.StartAsync(workers: 1, cancellation);
            var result = await MeasureAsync(server, parsed.GetValue(clients)!, TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(instances), parsed.GetValue(callers), cancellation);
            if (parsed.GetValue(json)) Output.Json(result);
            else Print(result);
            return result.Ok ? ExitCode.Done : ExitCode.Failed;
        });
        return command.Example("agentos bench engine --json");
    }

    private static async Task<EngineReport> MeasureAsync(BenchServer server, int[] clients, TimeSpan duration, int instances, int callers, CancellationToken cancellation)
    {
        var bench = new EngineBench(new(server.Running.Url), server.Token);
        await bench.PrepareAsync(cancellation);
        var times = await CpuTimes.ReadAsync(server, cancellation);
        List<EngineLine> lines = [];
        foreach (var workload in (string[])["bench5", "bench5lit"])
            foreach (var n in clients)
            {
                await TidyAsync();
                lines.Add(EngineLine.Of(await bench.RunAsync(workload, n, duration, cancellation)));
            }

        var used = await times.SinceAsync(server, cancellation);
        await TidyAsync();
        var suspension = await bench.SuspendAndResumeAsync(instances, callers, cancellation);
        return new(lines.TrueForAll(line => line.Failures == 0), EngineBaseline.Name, lines,
            new(instances, callers, Math.Round(suspension.StartedPerSecond, 1), Math.Round(suspension.ResumedPerSecond, 1),
                Ratio(suspension.StartedPerSecond, EngineBaseline.Started)!.Value, Ratio(suspension.ResumedPerSecond, EngineBaseline.Resumed)!.Value), used);

        // What one workload leaves behind is not the next one's to clear away: with many rows, that takes the database seconds.
        async Task TidyAsync()
        {
            await using var vacuum = server.Database.CreateCommand("VACUUM (ANALYZE)");
            vacuum.CommandTimeout = 0;
            await vacuum.ExecuteNonQueryAsync(cancellation);
        }
    }

    private static void Print(EngineReport report)
    {
        static string Text(double value) => value.ToString("0.0#", CultureInfo.InvariantCulture);
        Output.Table(["workload", "clients", "runs/s", "p50 ms", "p95 ms", "p99 ms", "failures", "ratio"],
            [.. report.Workloads.Select(l => (string[])[l.Workload, $"{l.Clients}", Text(l.RunsPerSecond), Text(l.P50Ms), Text(l.P95Ms), Text(l.P99Ms), $"{l.Failures}", l.Ratio is { } r ? $"{Text(r)} ×" : ""])], "Nothing was measured.");
        var s = report.Suspension;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{s.Instances} instances, {s.Callers} callers: started and suspended {s.StartedPerSecond:0}/s ({s.StartedRatio:0.0} ×), resumed and finished {s.ResumedPerSecond:0}/s ({s.ResumedRatio:0.0} ×)."));
        Console.WriteLine($"Ratios are to {report.Baseline}.");
        if (report.Cpu is { } cpu) Console.WriteLine($"Processor: {cpu}.");
    }

    /// <summary>Three digits that count: a slow machine's ratio is small, not zero.</summary>
    internal static double? Ratio(double measured, double? baseline)
    {
        if (baseline is not { } known) return null;
        var ratio = measured / known;
        return ratio <= 0 ? 0 : Math.Round(ratio, Math.Clamp(2 - (int)Math.Floor(Math.Log10(ratio)), 0, 15));
    }
}

/// <param name="Ratio">To the baseline's runs per second, where that was measured.</param>
internal sealed record EngineLine(string Workload, int Clients, long Runs, double RunsPerSecond, double P50Ms, double P95Ms, double P99Ms, long Failures, double? Ratio)
{
    public static EngineLine Of(EngineFigures f) => new(f.Workload, f.Clients, f.Runs, Math.Round(f.RunsPerSecond, 1), f.P50, f.P95, f.P99, f.Failures,
        EngineCommand.Ratio(f.RunsPerSecond, EngineBaseline.RunsPerSecond(f.Workload, f.Clients)));
}

internal sealed record SuspensionLine(int Instances, int Callers, double StartedPerSecond, double ResumedPerSecond, double StartedRatio, double ResumedRatio);

/// <summary>What <c>bench engine --json</c> prints.</summary>
/// <param name="Ok">No request failed.</param>
internal sealed record EngineReport(bool Ok, string Baseline, IReadOnlyList<EngineLine> Workloads, SuspensionLine Suspension, CpuUse? Cpu);
