using System.Net;
using System.Net.Http.Json;
using AgentOS.Activities.Git;
using AgentOS.Activities.Heartbeat;
using AgentOS.Activities.Models.Sessions;
using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Log;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;
using AgentOS.Testing.Git;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests.Loop;

/// <summary>Where the loop waits for a person, and what a person does to it.</summary>
public class PeopleTests
{
    [Fact]
    public async Task A_question_suspends_the_task_and_its_answer_goes_on_as_the_call_s_result()
    {
        using var repository = await TestRepository.CreateAsync();
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = Team.Plan(Team.Task("One")),
            Coder = talk => talk.Turn switch
            {
                0 => Says.Call("ask_human", new { question = "Which colour?" }),
                1 => Says.Write("work/one.txt", talk.Last),
                _ => Says.Finish("Done."),
            },
        });
        var goal = await server.GiveAsync(repository.Path);
        var question = (await server.UntilAsync(() => server.Service<MessageStore>().OpenQuestionsAsync(), open => open.Count > 0)).ShouldHaveSingleItem();
        question.Content.ShouldBe("Which colour?");

        var answered = await server.Cli.RunAsync("task", "answer", question.TaskId!.Value.ToString(), "green");

        answered.ExitCode.ShouldBe(0, answered.StandardError);
        (await server.EndAsync(goal)).Ok.ShouldBeTrue();
        (await repository.GitAsync("show", "main:work/one.txt")).ShouldBe("green");
    }

    [Fact]
    public async Task A_planner_can_ask_too()
    {
        using var repository = await TestRepository.CreateAsync();
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = talk => talk.Turn switch
            {
                0 => Says.Call("ask_human", new { question = "How many?" }),
                1 => Says.Call("create_tasks", new { tasks = new[] { Team.Task(talk.Last) } }),
                _ => Says.Finish("Planned."),
            },
        });
        var goal = await server.GiveAsync(repository.Path);
        await server.UntilAsync(() => server.Service<MessageStore>().OpenQuestionsAsync(goal), open => open.Count > 0);

        (await server.Cli.RunAsync("task", "answer", goal.ToString(), "One")).ExitCode.ShouldBe(0);

        (await server.EndAsync(goal)).Tasks.ShouldHaveSingleItem().Title.ShouldBe("One");
    }

    [Theory]
    [InlineData("yes", true)]
    [InlineData("no, leave the checks alone", false)]
    public async Task A_change_of_the_checks_waits_for_a_person(string word, bool merged)
    {
        using var repository = await TestRepository.CreateAsync((".agentos.yaml", "test: 'true'\n"));
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = Team.Plan(Team.Task("One")),
            Coder = talk => talk.Turn > 0 ? Says.Finish("Done.")
                : talk.Opening.Contains("leave the checks alone") ? Says.Calls(("write_file", new { path = ".agentos.yaml", content = "test: 'true'\n" }), ("write_file", new { path = "work/one.txt", content = "one\n" }))
                : Says.Write(".agentos.yaml", "test: echo changed\n"),
        });
        var goal = await server.GiveAsync(repository.Path);
        var question = (await server.UntilAsync(() => server.Service<MessageStore>().OpenQuestionsAsync(), open => open.Count > 0)).ShouldHaveSingleItem();
        question.Content.ShouldContain(".agentos.yaml");
        (await repository.GitAsync("rev-list", "--count", "main")).ShouldBe("1");

        (await server.Cli.RunAsync("task", "answer", question.TaskId!.Value.ToString(), word)).ExitCode.ShouldBe(0);

        var summary = await server.EndAsync(goal);
        summary.Ok.ShouldBeTrue(summary.Error);
        (await repository.GitAsync("show", "main:.agentos.yaml")).ShouldBe(merged ? "test: echo changed" : "test: 'true'");
        summary.Rejections.ShouldBe(merged ? 0 : 1);
    }

    [Fact]
    public async Task A_dirty_checkout_is_not_touched_the_merge_says_so_and_goes_on_after_the_commit_also_when_the_repository_was_gone_meanwhile()
    {
        using var repository = await TestRepository.CreateAsync(("README.md", "mine\n"));
        repository.Write("README.md", "not committed yet\n");
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = Team.Plan(Team.Task("One")),
            Coder = talk => talk.Turn > 0 ? Says.Finish("Done.") : Says.Calls(("write_file", new { path = "README.md", content = talk.Attempt == 1 ? "theirs\n" : "both\n" }), ("write_file", new { path = "work/one.txt", content = "one\n" })),
        });
        var goal = await server.GiveAsync(repository.Path);
        var log = server.Service<ActivityLog>();
        var waiting = await server.UntilAsync(async () => (await log.PageAsync(new() { TaskId = goal, WithChildren = true, EventPrefix = "merge.waiting" })).ToList(), entries => entries.Count > 0);
        waiting[0].Message!.ShouldContain("Commit or stash");
        repository.Read("README.md").ShouldBe("not committed yet\n");
        // Its folder is moved away meanwhile, and comes back.
        Directory.Move(repository.Path, $"{repository.Path}-away");
        try
        {
            await server.UntilAsync(async () => (await log.PageAsync(new() { TaskId = goal, WithChildren = true, EventPrefix = "merge.waiting" })).ToList(),
                entries => entries.Exists(entry => entry.Message!.Contains($"There is no folder '{repository.Path}'", StringComparison.Ordinal)));
        }
        finally
        {
            Directory.Move($"{repository.Path}-away", repository.Path);
        }

        await repository.GitAsync("stash", "-q");

        var summary = await server.EndAsync(goal);
        summary.Ok.ShouldBeTrue(summary.Error);
        repository.Read("README.md").ShouldBe("theirs\n");
        (await repository.GitAsync("status", "--porcelain")).ShouldBe("");
    }

    [Theory]
    [InlineData("a dirty checkout")]
    [InlineData("a dirty checkout, before the push to the remote")]
    [InlineData("a remote that takes no push")]
    public async Task While_its_merge_waits_a_task_can_be_cancelled(string obstacle)
    {
        using var repository = await TestRepository.CreateAsync(("README.md", "mine\n"));
        using var remote = await TestRepository.CreateEmptyAsync(bare: true);
        await repository.GitAsync("push", "-q", remote.Path, "main");
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = Team.Plan(Team.Task("One")),
            Coder = talk => talk.Turn > 0 ? Says.Finish("Done.") : Says.Write("README.md", "theirs\n"),
        });
        if (obstacle.Contains("remote", StringComparison.Ordinal)) (await server.Cli.RunAsync("repo", "add", repository.Path, "--remote", remote.Path)).ExitCode.ShouldBe(0);
        if (obstacle.Contains("dirty", StringComparison.Ordinal)) repository.Write("README.md", "not committed yet\n");
        else remote.Write("hooks/pre-receive", "#!/bin/sh\necho closed on Fridays >&2\nexit 1\n", executable: true);
        var goal = await server.GiveAsync(repository.Path);
        var log = server.Service<ActivityLog>();
        await server.UntilAsync(async () => (await log.PageAsync(new() { TaskId = goal, WithChildren = true, EventPrefix = "merge.waiting" })).ToList(), entries => entries.Count > 0);
        await server.UntilAsync(BatchesAsync, states => states == "passed");
        var task = (await server.TasksAsync(goal)).Find(task => task.Kind == TaskKind.Code)!;

        var cancelled = await server.Cli.RunAsync("task", "cancel", task.Id.ToString());

        cancelled.ExitCode.ShouldBe(0, cancelled.StandardError);
        await server.EndAsync(goal);
        await repository.GitAsync("checkout", "-q", "--", ".");
        (await server.UntilAsync(BatchesAsync, states => states != "passed" && states != "landing")).ShouldBe("released");
        repository.Read("README.md").ShouldBe("mine\n");
        (await remote.GitAsync("rev-parse", "main")).ShouldBe(await repository.HeadAsync());

        async Task<string?> BatchesAsync()
        {
            await using var states = server.Database.CreateCommand("SELECT string_agg(state, ' ') FROM merge_batches");
            return await states.ExecuteScalarAsync() as string;
        }
    }

    [Fact]
    public async Task A_cancelled_goal_stops_its_agents_and_leaves_nothing_running()
    {
        using var repository = await TestRepository.CreateAsync();
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = Team.Plan(Team.Task("One"), Team.Task("Two")),
            Coder = _ => Says.Call("list_files", new { path = "." }),
            Latency = TimeSpan.FromMilliseconds(50),
        });
        var goal = await server.GiveAsync(repository.Path);
        await server.UntilAsync(() => server.Service<SessionStore>().ListAsync(status: SessionStatus.Running), running => running.Count(session => session.Purpose == "code") == 2);

        (await server.Cli.RunAsync("task", "cancel", goal.ToString(), "--reason", "another idea")).ExitCode.ShouldBe(0);

        (await server.EndAsync(goal)).Status.ShouldBe(TaskState.Cancelled);
        await server.UntilAsync(() => server.Service<SessionStore>().ListAsync(status: SessionStatus.Running), running => running.Count == 0);
        await server.UntilAsync(() => Task.FromResult(Directory.GetFileSystemEntries(server.Workspaces, "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1, AttributesToSkip = 0 })), left => left.Length == 0);
        var tasks = await server.TasksAsync(goal);
        tasks.ShouldAllBe(task => task.Status == TaskState.Cancelled);

        // A step that was on its way to a session: it has made the folder when it learns that there will be none.
        await using (var judges = server.Database.CreateCommand("UPDATE agents SET removed_at = now() WHERE role = 'reviewer'")) await judges.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await Should.ThrowAsync<RefusedException>(server.Service<SessionService>().OpenAsync(goal, "reviewer", "goal-review", "late", new(), TestContext.Current.CancellationToken));
        Directory.EnumerateDirectories(server.Workspaces).ShouldBeEmpty();

        // What a crash before that would have left is cleared by the next duty.
        var left = await server.Service<Workspaces>().PrepareAsync(tasks.Find(task => task.Kind == TaskKind.Code)!.Id, repository.Path, await repository.HeadAsync(), "left");
        await left.PublishAsync(await repository.HeadAsync());
        await server.Service<Duties>().RunAsync(AgentRole.Orchestrator, TestContext.Current.CancellationToken);
        Directory.EnumerateDirectories(server.Workspaces).ShouldBeEmpty();
        (await repository.GitAsync("for-each-ref", "refs/agentos")).ShouldBe("");
    }

    [Fact]
    public async Task A_blocked_task_goes_on_when_a_person_retries_it()
    {
        using var repository = await TestRepository.CreateAsync();
        var mayDo = false;
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = Team.Plan(Team.Task("One")),
            Coder = talk => talk.Turn > 0 ? Says.Finish("Done.") : mayDo ? Says.Write("work/one.txt", "one\n") : Says.Call("report_blocked", new { reason = "The key is missing." }),
            GoalJudge = talk => talk.Opening.Contains("One: done") ? Says.Approve() : Says.Reject("One is missing."),
        });
        var goal = await server.GiveAsync(repository.Path);
        var blocked = await server.EndAsync(goal);
        blocked.Status.ShouldBe(TaskState.Blocked);
        blocked.Tasks.ShouldHaveSingleItem().Error!.ShouldContain("The key is missing.");

        mayDo = true;
        (await server.Cli.RunAsync("task", "retry", blocked.Tasks[0].Id.ToString())).ExitCode.ShouldBe(0);

        var summary = await server.UntilAsync(() => server.SummaryAsync(goal), seen => seen.Ok);
        summary.Tasks.ShouldHaveSingleItem().Status.ShouldBe(TaskState.Done);
    }

    [Fact]
    public async Task A_repository_that_cannot_be_used_is_one_clear_message()
    {
        await using var server = await LoopServer.StartAsync(new());
        using var bare = await TestRepository.CreateEmptyAsync(bare: true);
        using var empty = await TestRepository.CreateEmptyAsync();
        using var plain = new TemporaryFolder();
        foreach (var (path, word) in (( string, string)[])[("/nowhere/at/all", "/nowhere/at/all"), (plain.Path, "git"), (empty.Path, "commit"), (bare.Path, "bare")])
        {
            using var answer = await server.Owner.PostAsJsonAsync("/workflows/goals", new { goal = "Do it", repository = path });
            var text = await answer.Content.ReadAsStringAsync();
            answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity, text);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
            text.ShouldContain(word);
        }

        (await server.Service<TaskStore>().ListAsync(new())).ShouldBeEmpty();
    }
}
