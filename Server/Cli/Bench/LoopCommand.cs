using System.CommandLine;
using System.Globalization;

namespace AgentOS.Server.Cli.Bench;

/// <summary>bench loop: tasks that are coded, checked, judged and merged, with a model that answers at once and checks that take no time.</summary>
internal static class LoopCommand
{
    private static readonly TimeSpan LongestTask = TimeSpan.FromSeconds(20);

    public static Command Create()
    {
        var tasks = BenchCommand.Number("--tasks", 100, 1, 10_000, "Tasks to be merged, each with one commit of its own.");
        var workers = BenchCommand.Number("--workers", 8, 1, 64, "Coders at work at the same time.");
        var warmUp = BenchCommand.Number("--warm-up", 24, 0, 1000, "Tasks before the measured ones.");
        var json = CommonOptions.Json();
        var command = new Command("loop", "Merged tasks per second, and what each costs the database, with a model that answers at once.") { tasks, workers, warmUp, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var server = await BenchServer.StartAsync(parsed.GetValue(workers), cancellation);
            var report = await MeasureAsync(server, parsed.GetValue(tasks), parsed.GetValue(workers), parsed.GetValue(warmUp), cancellation);
            if (parsed.GetValue(json)) Output.Json(report);
            else Print(report);
            return report.Ok ? ExitCode.Done : ExitCode.Failed;
        });
        return command.Example("agentos bench loop");
    }

    private static async Task<LoopReport> MeasureAsync(BenchServer server, int tasks, int workers, int warmUp, CancellationToken cancellation)
    {
        var repository = await server.AddRepositoryAsync(cancellation);
        var work = new BenchTasks(server, repository);
        await work.GiveAsync("Warm up", warmUp, cancellation);
        await work.WaitAsync(warmUp, LongestTask * (warmUp + 1), cancellation);

        var before = await DatabaseCounters.ReadAsync(server.Database, cancellation);
        var times = await CpuTimes.ReadAsync(server, cancellation);
        var asked = work.Asked;
        await work.GiveAsync("Task", tasks, cancellation);
        var merged = await work.WaitAsync(tasks + warmUp, LongestTask * (tasks + 1), cancellation) - warmUp;
        var cpu = await times.SinceAsync(server, cancellation);
        var own = work.Asked - asked;
        var after = await DatabaseCounters.ReadAsync(server.Database, cancellation);

        var seconds = await work.SecondsAsync("Task", cancellation);
        double Each(long count) => merged == 0 ? 0 : Math.Round((double)count / merged, 1);
        return new(merged == tasks, tasks, merged, workers, Math.Round(seconds, 2), Math.Round(merged / seconds, 2),
            // This program asks how far it is; its questions, and the two of the counters, are not the loop's.
            Each(after.Writing - before.Writing - 1), Each(after.Transactions - before.Transactions - own - 2),
            cpu, await work.PhasesAsync("Task", cancellation));
    }

    private static void Print(LoopReport report)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Merged} of {report.Tasks} tasks merged by {report.Workers} coders in {report.Seconds} s: {report.TasksPerSecond} a second."));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Each cost the database {report.CommitsPerTask} commits, and {report.TransactionsPerTask} transactions with those that only read."));
        if (report.Cpu is { } cpu) Console.WriteLine($"Processor: {cpu}.");
        Output.Table(["step", "per task", "mean ms", "p95 ms"], [.. report.Phases.Select(p => (string[])[p.Step, p.PerTask.ToString("0.0#", CultureInfo.InvariantCulture),
            p.MeanMs.ToString("0.0", CultureInfo.InvariantCulture), p.P95Ms.ToString("0.0", CultureInfo.InvariantCulture)])], "No steps were recorded.");
    }
}

/// <summary>What <c>bench loop --json</c> prints.</summary>
/// <param name="Ok">Every task was merged.</param>
/// <param name="Seconds">From the first task's row to the last one's end, by the database's clock.</param>
/// <param name="CommitsPerTask">Transactions that wrote, and so waited for the disk.</param>
/// <param name="TransactionsPerTask">Those that only read too, and each wake-up of a listener: <c>xact_commit</c> of <c>pg_stat_database</c>.</param>
/// <param name="Phases">The steps of the tasks' workflows.</param>
internal sealed record LoopReport(
    bool Ok, int Tasks, int Merged, int Workers, double Seconds, double TasksPerSecond, double CommitsPerTask, double TransactionsPerTask, CpuUse? Cpu, IReadOnlyList<LoopPhase> Phases);

/// <param name="Step">The type of the activity; two of them wait for others: for a free worker, for the merge queue.</param>
internal sealed record LoopPhase(string Step, double PerTask, double MeanMs, double P95Ms)
{
    /// <summary>The steps of so many tasks, those first that took the most time together.</summary>
    public static IReadOnlyList<LoopPhase> Of(IReadOnlyList<BenchStep> steps, int tasks) =>
        [.. steps.Where(step => step.Ms is not null).GroupBy(step => $"{step.Type} ({step.Id})", step => step.Ms!.Value).OrderByDescending(step => step.Sum())
            .Select(step => new LoopPhase(step.Key, Math.Round((double)step.Count() / tasks, 2), Math.Round(step.Average(), 2), Math.Round(step.Order().ElementAt((int)((step.Count() - 1) * 0.95)), 2)))];
}
