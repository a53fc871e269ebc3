using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using AgentOS.Activities.Models.Recording;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Notifications;
using AgentOS.Kernel.Tasks;
using AgentOS.Server.Hosting;
using AgentOS.Testing.Git;
using AgentOS.Testing.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests.Loop;

/// <summary>kill -9 at seeded points of whole goals. PostgreSQL and the models' endpoint live on, as they do when one node of several dies.</summary>
public class KillTests(ITestOutputHelper output)
{
    private const int Kills = 30;

    [Fact]
    public async Task However_often_the_server_is_killed_every_task_is_merged_exactly_once_and_nothing_is_paid_twice()
    {
        using var folder = new TemporaryFolder();
        await using var database = await TestDatabase.CreateEmptyAsync();
        await using var model = await RecordedModel.StartAsync(Models().Answer);
        var data = new DataFolder(folder.In("home"));
        data.Create();
        await File.WriteAllTextAsync(data.LlmFile, model.Configuration());
        await using var server = new KilledServer(data, database.ConnectionString);
        await using var hints = new KernelNotifications(database.DataSource, NullLogger<KernelNotifications>.Instance);
        using var watch = hints.Subscribe();
        var random = new Random(20260117);
        var kills = 0;
        var goals = 0;
        var time = Stopwatch.StartNew();
        var slowest = TimeSpan.Zero;

        while (kills < Kills)
        {
            using var repository = await TestRepository.CreateAsync(
                (".agentos.yaml", "test: sh check.sh\n"), ("check.sh", "! grep -rq broken work 2>/dev/null\n"));
            var goal = Guid.CreateVersion7();
            goals++;
            for (var ended = false; !ended;)
            {
                var begun = Stopwatch.GetTimestamp();
                await server.StartAsync();
                if (!await server.GiveAsync(goal, repository.Path)) continue;
                var after = kills < Kills ? random.Next(1, 24) : int.MaxValue;
                ended = await UntilAsync(database, watch, goal, after);
                if (!ended) await Task.Delay(random.Next(0, 30)); // not always right behind a commit
                if (Stopwatch.GetElapsedTime(begun) is var took && took > slowest) slowest = took;
                if (ended) break;
                server.Kill();
                kills++;
            }

            await AssertAsync(database, repository, goal, data);
            output.WriteLine($"goal {goals} is reached after {kills} kills, {time.Elapsed.TotalSeconds:0} s");
        }

        output.WriteLine($"{kills} kills over {goals} goals in {time.Elapsed.TotalSeconds:0} s; the longest life of a server {slowest.TotalSeconds:0.0} s");
    }

    private static Team Models() => new()
    {
        Planner = Team.Plan(Team.Task("One"), Team.Task("Two"), Team.Task("Three", "One")),
        Coder = talk => (talk.Title, talk.Attempt, talk.Turn) switch
        {
            ("One", 1, 0) => Says.Write("work/one.txt", "broken\n"),
            (var title, _, 0) => Says.Calls(("write_file", new { path = Team.FileOf(title), content = "first\n" }), ("run_shell", new { command = $"echo second >> {Team.FileOf(title)}" })),
            (var title, _, 1) => Says.Call("read_file", new { path = Team.FileOf(title) }),
            _ => Says.Finish("Written."),
        },
        Judge = talk => talk is { Title: "Two", Attempt: 1 } ? Says.Reject("Once more.") : Says.Approve(),
        Latency = TimeSpan.FromMilliseconds(20),
    };

    /// <returns>Whether the goal is reached; false after that many notifications.</returns>
    private static async Task<bool> UntilAsync(TestDatabase database, KernelNotifications.Subscription watch, Guid goal, int after)
    {
        var limit = Stopwatch.StartNew();
        for (var seen = 0; seen < after;)
        {
            while (watch.Reader.TryRead(out _)) seen++;
            var status = await ScalarAsync<string?>(database, "SELECT status FROM tasks WHERE id = $1", goal);
            if (status == "done") return true;
            status.ShouldNotBe("blocked", await ScalarAsync<string?>(database, "SELECT error FROM tasks WHERE id = $1", goal));
            if (limit.Elapsed > TimeSpan.FromSeconds(30))
                throw new TimeoutException("Nothing moves. " + await ScalarAsync<string?>(database, "SELECT string_agg(event_type || ' ' || COALESCE(message, ''), E'\n' ORDER BY position) FROM activities WHERE position > (SELECT max(position) - 40 FROM activities)"));
            if (seen >= after) break;
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            try
            {
                await watch.Reader.WaitToReadAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                // looks again
            }
        }

        return false;
    }

    private static async Task AssertAsync(TestDatabase database, TestRepository repository, Guid goal, DataFolder data)
    {
        await using var source = KernelDatabase.Open(database.ConnectionString);
        var tasks = (await new TaskStore(source).TreeAsync(goal)).Where(task => task.Kind == TaskKind.Code).ToList();
        tasks.Select(task => task.Title).ShouldBe(["One", "Two", "Three"], ignoreOrder: true);
        tasks.ShouldAllBe(task => task.Status == TaskState.Done);
        var log = await repository.GitAsync("log", "--format=%B", "main");
        foreach (var task in tasks)
        {
            var merges = await repository.GitAsync("log", "--merges", "--format=%H", $"--grep=Task: {task.Id}", "main");
            merges.ShouldBe(task.MergedSha, $"'{task.Title}' is merged once: {log}");
            (await repository.GitAsync("show", $"main:{Team.FileOf(task.Title)}")).ShouldBe("first\nsecond");
        }

        (await repository.GitAsync("status", "--porcelain")).ShouldBe("");
        // The workflows of the tasks end just after the goal is told.
        await QuietAsync(database);
        (await ScalarAsync<long>(database, "SELECT count(*) FROM (SELECT step_key FROM model_calls WHERE outcome = 'succeeded' GROUP BY step_key HAVING count(*) > 1) twice")).ShouldBe(0);
        (await ScalarAsync<long>(database, "SELECT count(*) FROM model_calls WHERE outcome = 'started'")).ShouldBe(0, "calls that were never settled");
        (await ScalarAsync<long>(database, "SELECT count(*) FROM agent_sessions WHERE status = 'running'")).ShouldBe(0, "sessions");
        (await ScalarAsync<long>(database, "SELECT count(*) FROM agents WHERE status = 'active' OR current_task_id IS NOT NULL")).ShouldBe(0, "agents");
        (await ScalarAsync<long>(database, "SELECT count(*) FROM merge_batches WHERE state NOT IN ('landed', 'released')")).ShouldBe(0, "batches");
        (await ScalarAsync<long>(database, "SELECT count(*) FROM merges WHERE state IN ('queued', 'testing', 'landing')")).ShouldBe(0, "merges");
        (await repository.GitAsync("for-each-ref", "refs/agentos")).ShouldBe("");
        var workspaces = new DirectoryInfo(data.In("workspaces"));
        workspaces.EnumerateDirectories().Where(folder => Guid.TryParse(folder.Name, out _)).Select(folder => folder.Name).ShouldBeEmpty("workspaces");
    }

    private static async Task QuietAsync(TestDatabase database)
    {
        const string running = "SELECT count(*) FROM engine.workflow_instances WHERE status = 'Running' AND definition_id IN ('task', 'goal', 'merge')";
        var limit = Stopwatch.StartNew();
        while (await ScalarAsync<long>(database, running) > 0)
        {
            if (limit.Elapsed > TimeSpan.FromSeconds(20)) throw new TimeoutException(await ScalarAsync<string>(database, "SELECT string_agg(definition_id || ' ' || id || ' ' || sub_status, ', ') FROM engine.workflow_instances WHERE status = 'Running'"));
            await Task.Delay(50);
        }
    }

    private static async Task<T> ScalarAsync<T>(TestDatabase database, string sql, params object[] parameters)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        return await command.ExecuteScalarAsync() is T value ? value : default!;
    }
}

/// <summary>The real server as a process, to be killed.</summary>
internal sealed class KilledServer(DataFolder data, string connection) : IAsyncDisposable
{
    private Process? _process;
    private HttpClient? _owner;
    private readonly ConcurrentQueue<string> _said = new();

    /// <summary>Starts it when it does not run, and waits until it says that it is up.</summary>
    public async Task StartAsync()
    {
        if (_process is { HasExited: false }) return;
        var start = new ProcessStartInfo("dotnet", [Cli.Program, "start", "--url", "http://127.0.0.1:0"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["AGENTOS_HOME"] = data.Path;
        start.Environment["AGENTOS_DETACHED"] = "1";
        start.Environment["ConnectionStrings__AgentOS"] = connection;
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        _process.BeginErrorReadLine();
        (await _process.StandardOutput.ReadLineAsync()).ShouldNotBeNull($"The server did not start: {string.Join('\n', _said)}");
        _owner?.Dispose();
        _owner = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new(data.ReadServer()!.Url) };
        _owner.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", data.ReadToken());
    }

    /// <summary>Given again, it is the same goal.</summary>
    public async Task<bool> GiveAsync(Guid id, string repository)
    {
        using var answer = await _owner!.PostAsJsonAsync("/workflows/goals", new { id, goal = "Do the work", repository });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return true;
    }

    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    public ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) Kill();
        _process?.Dispose();
        _owner?.Dispose();
        return ValueTask.CompletedTask;
    }
}
