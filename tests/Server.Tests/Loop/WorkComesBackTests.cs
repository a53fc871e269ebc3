using AgentOS.Kernel.Tasks;
using AgentOS.Testing.Git;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests.Loop;

/// <summary>What fails goes back with feedback, and is solved by it.</summary>
public class WorkComesBackTests
{
    private static readonly (string, string)[] Checked = [(".agentos.yaml", "test: sh check.sh\n"), ("check.sh", "! grep -rq broken work 2>/dev/null\n")];

    [Fact]
    public async Task A_change_that_fails_its_checks_goes_back_with_their_log_and_is_repaired()
    {
        using var repository = await TestRepository.CreateAsync([(".agentos.yaml", "test: sh check.sh\n"), ("check.sh", "if grep -rq broken work 2>/dev/null; then echo the word broken is there; exit 3; fi\n")]);
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = Team.Plan(Team.Task("One")),
            Coder = talk => talk.Turn > 0 ? Says.Finish("Done.")
                : talk.Opening.Contains("the word broken is there") ? Says.Write("work/one.txt", "whole\n") : Says.Write("work/one.txt", "broken\n"),
        });

        var summary = await server.ReachAsync(repository.Path);

        summary.Ok.ShouldBeTrue(summary.Error);
        summary.Rejections.ShouldBe(1);
        summary.Tasks.ShouldHaveSingleItem().Attempts.ShouldBe(2);
        (await repository.GitAsync("show", "main:work/one.txt")).ShouldBe("whole");
    }

    [Fact]
    public async Task A_rejected_change_goes_back_with_the_judge_s_words_and_later_sessions_know_the_lesson()
    {
        using var repository = await TestRepository.CreateAsync(Checked);
        var known = new System.Collections.Concurrent.ConcurrentBag<string>();
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = Team.Plan(Team.Task("One"), Team.Task("Two", "One")),
            Coder = talk =>
            {
                if (talk.Title == "Two") known.Add(talk.System);
                return talk.Turn > 0 ? Says.Finish("Done.") : Says.Write(Team.FileOf(talk.Title), talk.Opening.Contains("say please") ? "please\n" : "now\n");
            },
            Judge = talk => talk is { Title: "One", Attempt: 1 } ? Says.Reject("It must say please.") : Says.Approve(),
        });

        var summary = await server.ReachAsync(repository.Path);

        summary.Ok.ShouldBeTrue(summary.Error);
        summary.Rejections.ShouldBe(1);
        (await repository.GitAsync("show", "main:work/one.txt")).ShouldBe("please");
        known.ShouldNotBeEmpty();
        known.ShouldAllBe(system => system.Contains("say please"));
    }

    [Fact]
    public async Task Two_changes_of_one_line_conflict_and_the_second_is_solved_and_merged()
    {
        using var repository = await TestRepository.CreateAsync([.. Checked, ("list.txt", "start\n")]);
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = Team.Plan(Team.Task("One"), Team.Task("Two")),
            Coder = talk => talk.Turn > 0 ? Says.Finish("Done.")
                : talk.Attempt == 1 ? Says.Write("list.txt", $"{talk.Title}\n")
                : talk.Opening.Contains("conflict markers") ? Says.Write("list.txt", "One\nTwo\n") : Says.Text("Nobody told me of the conflict."),
            // Both are judged before either is merged.
            Latency = TimeSpan.FromMilliseconds(100),
        });

        var summary = await server.ReachAsync(repository.Path);

        summary.Ok.ShouldBeTrue(summary.Error);
        summary.Tasks.Sum(task => task.Attempts).ShouldBe(3, await server.LogAsync());
        (await repository.GitAsync("show", "main:list.txt")).ShouldBe("One\nTwo");
        (await repository.GitAsync("status", "--porcelain")).ShouldBe("");
    }

    [Fact]
    public async Task Work_that_never_passes_is_blocked_after_its_attempts_and_the_goal_within_its_plans()
    {
        using var repository = await TestRepository.CreateAsync(Checked);
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = Team.Plan(Team.Task("One")),
            Coder = talk => talk.Turn > 0 ? Says.Finish("Done.") : Says.Write("work/one.txt", $"broken {talk.Attempt}\n"),
            GoalJudge = _ => Says.Reject("Nothing is there."),
        });

        var summary = await server.ReachAsync(repository.Path);

        summary.Status.ShouldBe(TaskState.Blocked);
        summary.Error!.ShouldContain("nothing is planned");
        var task = summary.Tasks.ShouldHaveSingleItem();
        task.Status.ShouldBe(TaskState.Blocked);
        task.Attempts.ShouldBe(3);
        task.Error!.ShouldContain("check.sh");
        (await repository.GitAsync("rev-list", "--count", "main")).ShouldBe("1");
    }

    [Fact]
    public async Task A_workspace_that_was_lost_is_made_again_with_the_work_that_came_back()
    {
        using var repository = await TestRepository.CreateAsync(Checked);
        var workspaces = "";
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = Team.Plan(Team.Task("One")),
            Coder = talk => talk.Turn > 0 ? Says.Finish("Done.") : Says.Write(talk.Attempt == 1 ? "work/one.txt" : "work/two.txt", "whole\n"),
            Judge = talk =>
            {
                if (talk.Attempt > 1) return Says.Approve();
                foreach (var folder in Directory.GetDirectories(workspaces)) Directory.Delete(folder, recursive: true);
                return Says.Reject("Two is missing.");
            },
        });
        workspaces = server.Workspaces;

        var summary = await server.ReachAsync(repository.Path);

        summary.Ok.ShouldBeTrue(summary.Error);
        (await repository.GitAsync("ls-tree", "--name-only", "main", "work/")).ShouldBe("work/one.txt\nwork/two.txt");
    }

    [Fact]
    public async Task A_coder_that_changes_nothing_is_told_so()
    {
        using var repository = await TestRepository.CreateAsync(Checked);
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = Team.Plan(Team.Task("One")),
            Coder = talk => talk.Opening.Contains("Nothing in the workspace differs") && talk.Turn == 0 ? Says.Write("work/one.txt", "now\n") : Says.Finish("Done."),
        });

        var summary = await server.ReachAsync(repository.Path);

        summary.Ok.ShouldBeTrue(summary.Error);
        summary.Tasks.ShouldHaveSingleItem().Attempts.ShouldBe(2);
    }
}
