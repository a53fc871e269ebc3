using System.Diagnostics;
using AgentOS.Kernel;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Server.Cli.Bench;

/// <summary>Tasks for a measured server: gives them, and asks its database what became of them.</summary>
internal sealed class BenchTasks(BenchServer server, string repository)
{
    /// <summary>Much longer than a question takes, so that asking does not disturb what is measured.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    /// <summary>Questions to the database so far.</summary>
    public int Asked { get; private set; }

    public Task GiveAsync(string title, int count, CancellationToken cancellation) =>
        Parallel.ForEachAsync(Enumerable.Range(1, count), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellation },
            async (n, stop) => await GiveAsync($"{title} {n}", Guid.CreateVersion7(), stop));

    public Task GiveAsync(string title, Guid id, CancellationToken cancellation) =>
        server.Client.PostAsync<AgentTask>("/api/tasks", new { id, title, repository, description = "Write the file." }, cancellation);

    /// <summary>Waits until so many tasks are done and no workflow runs any more.</summary>
    /// <returns>How many are done.</returns>
    /// <exception cref="AgentOSException">One is blocked, or it takes too long.</exception>
    public async Task<int> WaitAsync(int done, TimeSpan limit, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            await using var ask = server.Database.CreateCommand(
                """
                SELECT (SELECT count(*)::int FROM tasks WHERE status = 'done'),
                    NOT EXISTS (SELECT FROM engine.workflow_instances WHERE status = 'Running') AND NOT EXISTS (SELECT FROM engine.work WHERE kind = 'start'),
                    (SELECT error FROM tasks WHERE status = 'blocked' LIMIT 1)
                """);
            Asked++;
            await using (var row = await ask.ExecuteReaderAsync(cancellation))
            {
                await row.ReadAsync(cancellation);
                var finished = row.GetInt32(0);
                if (!row.IsDBNull(2)) throw new AgentOSException($"A task is blocked: {row.GetString(2)}");
                if (finished >= done && row.GetBoolean(1)) return finished;
                if (clock.Elapsed > limit) throw new AgentOSException($"Only {finished} of {done} tasks are done after {limit.TotalSeconds:0} seconds.");
            }

            await Task.Delay(Patience, cancellation);
        }
    }

    /// <summary>From the first of these tasks to the end of the last.</summary>
    public async Task<double> SecondsAsync(string title, CancellationToken cancellation)
    {
        await using var ask = server.Database.CreateCommand("SELECT extract(epoch FROM max(completed_at) - min(created_at))::float8 FROM tasks WHERE starts_with(title, $1)");
        ask.Parameters.Add(new() { Value = $"{title} " });
        return (double)(await ask.ExecuteScalarAsync(cancellation))!;
    }

    public async Task<IReadOnlyList<LoopPhase>> PhasesAsync(string title, CancellationToken cancellation)
    {
        await using var ask = server.Database.CreateCommand(
            """
            WITH mine AS (SELECT workflow_instance_id AS id, count(*) OVER () AS n FROM tasks WHERE starts_with(title, $1)),
            steps AS (
                SELECT activity_id, activity_type, extract(epoch FROM completed_at - started_at) * 1000 AS ms, n, e.started_at FROM engine.activity_executions e JOIN mine ON e.instance_id = mine.id
                WHERE completed_at IS NOT NULL AND activity_type LIKE 'AgentOS.%'
            )
            SELECT activity_type || ' (' || activity_id || ')', count(*)::float8 / min(n), avg(ms)::float8, percentile_cont(0.95) WITHIN GROUP (ORDER BY ms)::float8
            FROM steps GROUP BY activity_type, activity_id ORDER BY avg(ms) * count(*) DESC
            """);
        ask.Parameters.Add(new() { Value = $"{title} " });
        List<LoopPhase> phases = [];
        await using var rows = await ask.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
            phases.Add(new(rows.GetString(0), Math.Round(rows.GetDouble(1), 2), Math.Round(rows.GetDouble(2), 2), Math.Round(rows.GetDouble(3), 2)));
        return phases;
    }
}
