using Xunit;
using System.Diagnostics;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Notifications;
using AgentOS.Kernel.Tasks;
using AgentOS.Server.Hosting;
using AgentOS.Testing.Git;
using AgentOS.Testing.Postgres;
using Npgsql;
using Shouldly;

namespace AgentOS.Server.Tests.Loop;

/// <summary>Goals whose way is hard, and what must be true at their end whatever happened on it.</summary>
internal static class Aftermath
{
    /// <summary>Three tasks, one after another; one breaks the checks at first, one is rejected at first.</summary>
    public static Team Models() => new()
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
    public static async Task<bool> UntilAsync(TestDatabase database, KernelNotifications.Subscription watch, Guid goal, int after)
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

    /// <summary>Each task is merged once and done, no step was paid twice, and nothing is left behind.</summary>
    public static async Task AssertAsync(TestDatabase database, TestRepository repository, Guid goal, DataFolder data)
    {
        await using var source = KernelDatabase.Open(database.ConnectionString);
        var tasks = (await new TaskStore(source).TreeAsync(goal)).Where(task => task.Kind == TaskKind.Code).ToList();
        tasks.Select(task => task.Title).ShouldBe(["One", "Two", "Three"], ignoreOrder: true);
        if (!tasks.TrueForAll(task => task.Status == TaskState.Done)) Assert.Fail(await ToldAsync(database, goal));
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

    /// <summary>What happened to the goal, and why workflows faulted, for a test that fails.</summary>
    private static Task<string> ToldAsync(TestDatabase database, Guid goal) => ScalarAsync<string>(database, """
        SELECT (SELECT string_agg(concat_ws(' ', to_char(a.created_at, 'HH24:MI:SS.MS'), a.event_type, t.title, a.message, a.metadata::text), E'\n' ORDER BY a.position) FROM activities a JOIN tasks t ON t.id = a.task_id WHERE t.id = $1 OR t.parent_task_id = $1)
            || E'\n' || COALESCE((SELECT string_agg(concat_ws(' ', i.definition_id, i.id, i.sub_status, i.state -> 'incidents'), E'\n') FROM engine.workflow_instances i WHERE i.incident_count > 0), '')
        """, goal);

    public static async Task QuietAsync(TestDatabase database)
    {
        const string running = "SELECT count(*) FROM engine.workflow_instances WHERE status = 'Running' AND definition_id IN ('task', 'goal', 'merge')";
        var limit = Stopwatch.StartNew();
        while (await ScalarAsync<long>(database, running) > 0)
        {
            if (limit.Elapsed > TimeSpan.FromSeconds(20)) throw new TimeoutException(await ScalarAsync<string>(database, "SELECT string_agg(definition_id || ' ' || id || ' ' || sub_status, ', ') FROM engine.workflow_instances WHERE status = 'Running'"));
            await Task.Delay(50);
        }
    }

    public static async Task<T> ScalarAsync<T>(TestDatabase database, string sql, params object[] parameters)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        return await command.ExecuteScalarAsync() is T value ? value : default!;
    }
}
