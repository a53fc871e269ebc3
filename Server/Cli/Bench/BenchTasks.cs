using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentOS.Kernel;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Server.Cli.Bench;

/// <summary>Tasks for a measured server: gives them, and asks its database what became of them.</summary>
internal sealed class BenchTasks(BenchServer server, string repository)
{
    /// <summary>Much longer than a question takes, so that asking does not disturb what is measured.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    /// <summary>Questions so far, to the database and to the server.</summary>
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
                "SELECT (SELECT count(*)::int FROM tasks WHERE status = 'done'), (SELECT error FROM tasks WHERE status = 'blocked' LIMIT 1)");
            Asked++;
            int finished;
            await using (var row = await ask.ExecuteReaderAsync(cancellation))
            {
                await row.ReadAsync(cancellation);
                finished = row.GetInt32(0);
                if (!row.IsDBNull(1)) throw new AgentOSException($"A task is blocked: {row.GetString(1)}");
            }

            if (finished >= done && await IsStillAsync(cancellation)) return finished;
            if (clock.Elapsed > limit) throw new AgentOSException($"Only {finished} of {done} tasks are done after {limit.TotalSeconds:0} seconds.");
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
        List<string> instances = [];
        await using (var ask = server.Database.CreateCommand("SELECT workflow_instance_id FROM tasks WHERE starts_with(title, $1) AND workflow_instance_id IS NOT NULL"))
        {
            ask.Parameters.Add(new() { Value = $"{title} " });
            await using var rows = await ask.ExecuteReaderAsync(cancellation);
            while (await rows.ReadAsync(cancellation)) instances.Add(rows.GetString(0));
        }

        List<BenchStep> steps = [];
        foreach (var instance in instances)
            steps.AddRange((await server.Client.GetAsync<JsonElement>($"/elsa/api/activity-execution-summaries/list?WorkflowInstanceId={instance}", cancellation)).GetProperty("items").EnumerateArray().Select(BenchStep.Read));
        return LoopPhase.Of([.. steps.Where(step => step.Type.StartsWith("AgentOS.", StringComparison.Ordinal))], instances.Count);
    }

    /// <summary>Whether no workflow runs any more: the engine is asked as anybody may ask it.</summary>
    private async Task<bool> IsStillAsync(CancellationToken cancellation)
    {
        Asked++;
        var running = new JsonObject { ["statuses"] = new JsonArray("Running"), ["pageSize"] = 1 };
        return (await server.Client.PostAsync<JsonElement>("/elsa/api/workflow-instances", running, cancellation)).GetProperty("totalCount").GetInt64() == 0;
    }
}

/// <summary>A step of a workflow that has run.</summary>
/// <param name="Ms">Null while it has not ended.</param>
internal sealed record BenchStep(string Id, string Type, double? Ms)
{
    public static BenchStep Read(JsonElement summary) => new(summary.GetProperty("activityId").GetString()!, summary.GetProperty("activityType").GetString()!,
        summary.TryGetProperty("completedAt", out var end) && end.ValueKind == JsonValueKind.String ? (end.GetDateTimeOffset() - summary.GetProperty("startedAt").GetDateTimeOffset()).TotalMilliseconds : null);
}
