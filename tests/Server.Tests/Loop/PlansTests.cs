using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Tasks;
using AgentOS.Testing.Git;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests.Loop;

/// <summary>Good, bad and strange planners.</summary>
public class PlansTests
{
    [Fact]
    public async Task Tasks_that_do_not_depend_on_each_other_are_coded_at_the_same_time_and_the_others_after_them()
    {
        using var repository = await TestRepository.CreateAsync();
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = Team.Plan(Team.Task("One"), Team.Task("Two"), Team.Task("Three", "One", "Two")),
            Latency = TimeSpan.FromMilliseconds(100),
        });

        var goal = await server.GiveAsync(repository.Path);
        var summary = await server.EndAsync(goal);

        summary.Ok.ShouldBeTrue(summary.Error);
        var tasks = (await server.TasksAsync(goal)).ToDictionary(task => task.Title);
        tasks["Two"].StartedAt!.Value.ShouldBeLessThan(tasks["One"].CompletedAt!.Value);
        tasks["One"].StartedAt!.Value.ShouldBeLessThan(tasks["Two"].CompletedAt!.Value);
        tasks["Three"].StartedAt!.Value.ShouldBeGreaterThan(tasks["One"].CompletedAt!.Value);
        tasks["Three"].StartedAt!.Value.ShouldBeGreaterThan(tasks["Two"].CompletedAt!.Value);
        foreach (var title in (string[])["One", "Two", "Three"]) (await repository.GitAsync("show", $"main:{Team.FileOf(title)}")).ShouldBe("written");
        // The goal's end is told before its workspaces are put away.
        await server.UntilAsync(() => Task.FromResult(Directory.EnumerateDirectories(server.Workspaces).Count()), left => left == 0);
        await server.UntilAsync(() => repository.GitAsync("for-each-ref", "refs/agentos"), refs => refs == "");
    }

    [Fact]
    public async Task A_planner_that_only_talks_blocks_its_goal_soon_and_the_message_says_what_to_do()
    {
        using var repository = await TestRepository.CreateAsync();
        var asked = 0;
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = _ =>
            {
                Interlocked.Increment(ref asked);
                return Says.Text("I am thinking about it.");
            },
        });

        var summary = await server.ReachAsync(repository.Path);

        summary.Status.ShouldBe(TaskState.Blocked);
        summary.Error!.ShouldContain("I am thinking about it.");
        summary.Error!.ShouldContain("agentos task retry");
        asked.ShouldBeLessThan(20);
    }

    [Fact]
    public async Task A_plan_with_a_cycle_is_refused_whole_and_the_planner_mends_it()
    {
        using var repository = await TestRepository.CreateAsync();
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = talk => talk.Turn switch
            {
                0 => Says.Call("create_tasks", new { tasks = new[] { Team.Task("One", "Two"), Team.Task("Two", "One") } }),
                1 when talk.Last.Contains("cycle") => Says.Call("create_tasks", new { tasks = new[] { Team.Task("One"), Team.Task("Two", "One") } }),
                _ => Says.Finish("Planned."),
            },
        });

        var summary = await server.ReachAsync(repository.Path);

        summary.Ok.ShouldBeTrue(summary.Error);
        summary.Tasks.Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_agent_that_never_finishes_is_stopped_and_its_goal_with_it()
    {
        using var repository = await TestRepository.CreateAsync();
        await using var server = await LoopServer.StartAsync(new() { Planner = _ => Says.Call("list_files", new { path = "." }) });

        var summary = await server.ReachAsync(repository.Path);

        summary.Status.ShouldBe(TaskState.Blocked);
        summary.Error!.ShouldContain("did not finish within");
        summary.Error!.ShouldContain("agentos task retry");
    }

    [Fact]
    public async Task What_the_judge_of_the_goal_misses_is_planned_and_done()
    {
        using var repository = await TestRepository.CreateAsync();
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = talk => (talk.Attempt, talk.Turn) switch
            {
                (1, 0) => Says.Call("create_tasks", new { tasks = new[] { Team.Task("One") } }),
                (2, 0) when talk.Opening.Contains("Two is missing") => Says.Call("create_tasks", new { tasks = new[] { Team.Task("Two") } }),
                _ => Says.Finish("Planned."),
            },
            GoalJudge = talk => talk.Opening.Contains("Two: done") ? Says.Approve() : Says.Reject("Two is missing"),
        });

        var summary = await server.ReachAsync(repository.Path);

        summary.Ok.ShouldBeTrue(summary.Error);
        summary.Tasks.Select(task => task.Title).ShouldBe(["One", "Two"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_goal_within_a_goal_has_a_planner_of_its_own()
    {
        using var repository = await TestRepository.CreateAsync();
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = talk => (talk.Title, talk.Turn) switch
            {
                ("Do the work", 0) => Says.Call("create_tasks", new { tasks = new object[] { new { key = "part", title = "The part", description = "A large part.", kind = "goal" }, Team.Task("After", "part") } }),
                ("The part", 0) => Says.Call("create_tasks", new { tasks = new[] { Team.Task("Inside") } }),
                _ => Says.Finish("Planned."),
            },
        });

        var goal = await server.GiveAsync(repository.Path);
        var summary = await server.EndAsync(goal);

        summary.Ok.ShouldBeTrue(summary.Error);
        summary.Tasks.Select(task => task.Title).ShouldBe(["Inside", "After"], ignoreOrder: true);
        var part = (await server.TasksAsync(goal)).Single(task => task.Title == "The part");
        part.Status.ShouldBe(TaskState.Done);
        part.Depth.ShouldBe(1);
    }

    [Fact]
    public async Task A_planner_can_add_a_coder_whose_model_there_is_and_a_task_that_comes_by_SQL_alone_is_done_at_once()
    {
        using var repository = await TestRepository.CreateAsync();
        await using var server = await LoopServer.StartAsync(workers: 1, team: new()
        {
            Planner = talk => talk.Turn switch
            {
                0 => Says.Calls(("spawn_worker", new { name = "ghost", model = "nobody/knows" }), ("spawn_worker", new { name = "helper" }), ("create_tasks", new { tasks = new[] { Team.Task("One"), Team.Task("Two") } })),
                _ => Says.Finish("Planned."),
            },
            Latency = TimeSpan.FromMilliseconds(50),
        });

        var goal = await server.GiveAsync(repository.Path);
        var summary = await server.EndAsync(goal);

        summary.Ok.ShouldBeTrue(summary.Error);
        var agents = (await server.Service<AgentStore>().ListAsync(AgentRole.Worker)).ToDictionary(agent => agent.Id, agent => agent.Name);
        (await server.TasksAsync(goal)).Where(task => task.Kind == TaskKind.Code).Select(task => agents[task.AssigneeId!.Value]).ShouldBe(["worker-1", "helper"], ignoreOrder: true);
        agents.Values.ShouldBe(["worker-1", "helper"], ignoreOrder: true);

        await using (var insert = server.Database.CreateCommand("UPDATE schedules SET enabled = false; INSERT INTO tasks (title, description, repository_id) SELECT 'By hand', 'Write it.', id FROM repositories"))
            await insert.ExecuteNonQueryAsync();
        await server.UntilAsync(() => server.Service<TaskStore>().ListAsync(new() { Kind = TaskKind.Code, Status = TaskState.Done }), done => done.Exists(task => task.Title == "By hand"));
    }
}
