using System.CommandLine;
using System.Globalization;
using Npgsql;

namespace AgentOS.Server.Cli.Bench;

/// <summary>bench dispatch: how soon after a task's row its worker starts, one task at a time.</summary>
internal static class DispatchCommand
{
    private static readonly TimeSpan LongestTask = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var tasks = BenchCommand.Number("--tasks", 100, 1, 10_000, "Tasks of each kind: posted to the API, and inserted with plain SQL.");
        var warmUp = BenchCommand.Number("--warm-up", 16, 0, 1000, "Tasks before the measured ones.");
        var json = CommonOptions.Json();
        var command = new Command("dispatch", "Time from the insert of a task to the start of its worker, by the database's clock.") { tasks, warmUp, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var server = await BenchServer.StartAsync(workers: 4, cancellation);
            var report = await MeasureAsync(server, parsed.GetValue(tasks), parsed.GetValue(warmUp), cancellation);
            if (parsed.GetValue(json)) Output.Json(report);
            else Print(report);
            return ExitCode.Done;
        });
        return command.Example("agentos bench dispatch");
    }

    private static async Task<DispatchReport> MeasureAsync(BenchServer server, int tasks, int warmUp, CancellationToken cancellation)
    {
        var repository = await server.AddRepositoryAsync(cancellation);
        var work = new BenchTasks(server, repository);
        await work.GiveAsync("Warm up", warmUp, cancellation);
        await work.WaitAsync(warmUp, LongestTask * (warmUp + 1), cancellation);

        List<DispatchLine> lines = [];
        var done = warmUp;
        foreach (var (way, give) in ((string, Func<string, Task>)[])
            [("api", title => work.GiveAsync(title, Guid.CreateVersion7(), cancellation)), ("sql", title => InsertAsync(server.Database, title, repository, cancellation))])
        {
            for (var n = 1; n <= tasks; n++)
            {
                // Each by itself: what is measured is the way, not the queue.
                await give($"{way} {n}");
                await work.WaitAsync(++done, LongestTask, cancellation);
            }

            lines.Add(await LineAsync(server.Database, way, "task.started", cancellation));
            lines.Add(await LineAsync(server.Database, way, "session.started", cancellation));
        }

        return new(true, tasks, lines);
    }

    /// <summary>As any program may that knows the table.</summary>
    private static async Task InsertAsync(NpgsqlDataSource database, string title, string repository, CancellationToken cancellation)
    {
        await using var insert = database.CreateCommand("INSERT INTO tasks (kind, title, description, repository_id) SELECT 'code', $1, 'Write the file.', id FROM repositories WHERE name = $2");
        insert.Parameters.Add(new() { Value = title });
        insert.Parameters.Add(new() { Value = repository });
        await insert.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<DispatchLine> LineAsync(NpgsqlDataSource database, string way, string until, CancellationToken cancellation)
    {
        await using var ask = database.CreateCommand(
            """
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)::float8, percentile_cont(0.95) WITHIN GROUP (ORDER BY ms)::float8, percentile_cont(0.99) WITHIN GROUP (ORDER BY ms)::float8, max(ms)::float8 FROM (
                SELECT extract(epoch FROM min(a.created_at) - t.created_at) * 1000 AS ms FROM tasks t JOIN activities a ON a.task_id = t.id AND a.event_type = $2
                WHERE starts_with(t.title, $1) GROUP BY t.id, t.created_at) starts
            """);
        ask.Parameters.Add(new() { Value = $"{way} " });
        ask.Parameters.Add(new() { Value = until });
        await using var row = await ask.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        double At(int column) => Math.Round(row.GetDouble(column), 2);
        return new(way, until, At(0), At(1), At(2), At(3));
    }

    private static void Print(DispatchReport report)
    {
        static string Text(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
        Output.Table(["inserted by", "until", "p50 ms", "p95 ms", "p99 ms", "max ms"],
            [.. report.Ways.Select(l => (string[])[l.Way, l.Until, Text(l.P50Ms), Text(l.P95Ms), Text(l.P99Ms), Text(l.MaxMs)])], "Nothing was measured.");
    }
}

/// <summary>What <c>bench dispatch --json</c> prints.</summary>
internal sealed record DispatchReport(bool Ok, int Tasks, IReadOnlyList<DispatchLine> Ways);

/// <param name="Way"><c>api</c>: POST /api/tasks. <c>sql</c>: a plain insert.</param>
/// <param name="Until">
/// <c>task.started</c>: its worker starts, which is that the worker has the task and begins on it. <c>session.started</c>: it has made its workspace, a checkout of the whole
/// repository, and talks to its model next; that takes the longer the more files the repository has, and each measured task adds one.
/// </param>
internal sealed record DispatchLine(string Way, string Until, double P50Ms, double P95Ms, double P99Ms, double MaxMs);
