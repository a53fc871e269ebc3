using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentOS.Server.Cli.Bench;

/// <summary>Runs per second and latencies (milliseconds) of one workload with so many clients.</summary>
public sealed record EngineFigures(string Workload, int Clients, long Runs, double RunsPerSecond, double P50, double P95, double P99, long Failures);

/// <summary>Instances per second that were started and suspended, and then resumed and finished.</summary>
/// <param name="Instances">Of one round.</param>
public sealed record SuspensionFigures(int Instances, double StartedPerSecond, double ResumedPerSecond);

/// <summary>Measures the workflow engine over HTTP, in a closed loop: each client sends its next request when it has the answer to the last.</summary>
/// <param name="server">Where the server listens.</param>
/// <param name="token">Its credential, if it wants one.</param>
public sealed class EngineBench(Uri server, string? token)
{
    private const int WarmUpRounds = 3, Rounds = 5;

    /// <summary>Publishes the workflows that are measured.</summary>
    public async Task PrepareAsync(CancellationToken cancellation = default)
    {
        using var http = Client();
        foreach (var definition in new[] { BenchWorkflows.Bench5, BenchWorkflows.Bench5Literals, BenchWorkflows.BenchEvent })
        {
            using var answer = await http.PostAsync("elsa/api/workflow-definitions", new StringContent(definition, Encoding.UTF8, "application/json"), cancellation);
            answer.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Removes the workflows and their instances.</summary>
    public async Task CleanUpAsync(CancellationToken cancellation = default)
    {
        using var http = Client();
        foreach (var id in BenchWorkflows.Ids)
        {
            using var instances = await http.PostAsJsonAsync("elsa/api/bulk-actions/delete/workflow-instances", new { workflowDefinitionId = id }, cancellation);
            using var definition = await http.DeleteAsync($"elsa/api/workflow-definitions/{id}", cancellation);
        }
    }

    /// <param name="workload"><c>bench5</c> or <c>bench5lit</c>.</param>
    /// <param name="clients">Connections.</param>
    /// <param name="duration">How long to measure, after a fifth of it to warm up.</param>
    /// <param name="cancellation">Ends it early.</param>
    public async Task<EngineFigures> RunAsync(string workload, int clients, TimeSpan duration, CancellationToken cancellation = default)
    {
        var request = RawHttpConnection.Prepare(server, "GET", $"/workflows/{workload}", token);
        await LoopAsync(clients, duration / 5, request, cancellation);
        var clock = Stopwatch.StartNew();
        var (latencies, failures) = await LoopAsync(clients, duration, request, cancellation);
        var seconds = clock.Elapsed.TotalSeconds;
        latencies.Sort();
        return new(workload, clients, latencies.Count, latencies.Count / seconds, At(latencies, 0.50), At(latencies, 0.95), At(latencies, 0.99), failures);
    }

    /// <summary>
    /// Starts instances that wait for an event, then sends each its event, and waits until all have finished; again and again, for a round is shorter than the
    /// pauses of the database's housekeeping: a single one would have all of it, or none. The first rounds are to warm up: so long do they take processor time
    /// from it that compile what is new.
    /// </summary>
    public async Task<SuspensionFigures> SuspendAndResumeAsync(int instances, int callers, CancellationToken cancellation = default)
    {
        for (var round = 0; round < WarmUpRounds; round++) await SuspendAndResumeOnceAsync(instances, callers, cancellation);
        TimeSpan starting = default, resuming = default;
        for (var round = 0; round < Rounds; round++)
        {
            var (started, resumed) = await SuspendAndResumeOnceAsync(instances, callers, cancellation);
            (starting, resuming) = (starting + started, resuming + resumed);
        }
        return new(instances, Rounds * instances / starting.TotalSeconds, Rounds * instances / resuming.TotalSeconds);
    }

    private async Task<(TimeSpan Started, TimeSpan Resumed)> SuspendAndResumeOnceAsync(int instances, int callers, CancellationToken cancellation)
    {
        using var http = Client();
        var clock = Stopwatch.StartNew();
        var ids = await StartAsync(instances, callers, cancellation);
        var started = clock.Elapsed;
        clock.Restart();
        await EachAsync(ids, callers, id => RawHttpConnection.Prepare(server, "POST", "/elsa/api/events/bench-resume/trigger", token, $$"""{"workflowInstanceId":"{{id}}"}"""), cancellation);
        await ReachedAsync(http, ids[^1], "Finished", cancellation);
        while (await RunningAsync(http, null, cancellation) > 0) await Task.Delay(10, cancellation);
        return (started, clock.Elapsed);
    }

    private async Task<List<string>> StartAsync(int instances, int callers, CancellationToken cancellation)
    {
        // The caller chooses the ids, so that no answer has to be read for them.
        var prefix = Guid.NewGuid().ToString("N")[..8] + "be";
        var ids = Enumerable.Range(0, instances).Select(n => $"{prefix}{n:x6}").ToList();
        await EachAsync(ids, callers, id => RawHttpConnection.Prepare(server, "POST", "/elsa/api/workflow-definitions/benchevent/dispatch", token, $$"""{"instanceId":"{{id}}"}"""), cancellation);
        using var http = Client();
        await ReachedAsync(http, ids[^1], "Suspended", cancellation);
        while (await RunningAsync(http, "Suspended", cancellation) < instances) await Task.Delay(10, cancellation);
        return ids;
    }

    // Asking for one instance is cheap; counting all of them all the time would be measured too.
    private static async Task ReachedAsync(HttpClient http, string id, string subStatus, CancellationToken cancellation)
    {
        while (true)
        {
            using var answer = await http.GetAsync($"elsa/api/workflow-instances/{id}/execution-state", cancellation);
            if (answer.IsSuccessStatusCode && (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("subStatus").GetString() == subStatus) return;
            await Task.Delay(5, cancellation);
        }
    }

    private async Task EachAsync(List<string> ids, int callers, Func<string, byte[]> request, CancellationToken cancellation)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            using var connection = await ConnectAsync(cancellation);
            for (int n; (n = Interlocked.Increment(ref next)) < ids.Count;)
                if (await connection.SendAsync(request(ids[n]), cancellation) is var status and >= 300) throw new InvalidOperationException($"The server answered {status}.");
        }, cancellation)));
    }

    private async Task<(List<double> Latencies, long Failures)> LoopAsync(int clients, TimeSpan duration, byte[] request, CancellationToken cancellation)
    {
        var end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var loops = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            var latencies = new List<double>(64 * 1024);
            var failures = 0L;
            using var connection = await ConnectAsync(cancellation);
            for (long start; (start = Stopwatch.GetTimestamp()) < end;)
            {
                if (await connection.SendAsync(request, cancellation) == 200) latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                else failures++;
            }
            return (latencies, failures);
        }, cancellation)));
        return (loops.SelectMany(x => x.latencies).ToList(), loops.Sum(x => x.failures));
    }

    private async Task<RawHttpConnection> ConnectAsync(CancellationToken cancellation)
    {
        var address = (await Dns.GetHostAddressesAsync(server.Host, cancellation))[0];
        var connection = new RawHttpConnection(new IPEndPoint(address, server.Port));
        await connection.ConnectAsync(cancellation);
        return connection;
    }

    /// <summary>How many have not finished: those that have are many, and to look through them would be measured too.</summary>
    private static async Task<long> RunningAsync(HttpClient http, string? subStatus, CancellationToken cancellation)
    {
        var asked = new JsonObject { ["definitionIds"] = new JsonArray("benchevent"), ["statuses"] = new JsonArray("Running"), ["pageSize"] = 1 };
        if (subStatus is not null) asked["subStatuses"] = new JsonArray(subStatus);
        using var answer = await http.PostAsJsonAsync("elsa/api/workflow-instances", asked, cancellation);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("totalCount").GetInt64();
    }

    private static double At(List<double> sorted, double part) => sorted.Count == 0 ? 0 : Math.Round(sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * part))], 2);

    private HttpClient Client()
    {
        var http = new HttpClient { BaseAddress = server };
        if (token is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }
}
