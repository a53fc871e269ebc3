using System.Net.Http.Json;
using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Evidence;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;
using AgentOS.Server.Api;
using AgentOS.Server.Cli;
using AgentOS.Testing.Git;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests.Loop;

/// <summary>People who step in while agents work, through the HTTP API, against the whole loop.</summary>
public class PeopleDecideTests
{
    private static readonly TimeSpan Slowly = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task A_word_about_a_line_reaches_the_coders_next_turn()
    {
        using var repository = await TestRepository.CreateAsync();
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = Team.Plan(Team.Task("One")),
            // Looks around until it is told what to write.
            Coder = talk => talk.Last.StartsWith("Wrote", StringComparison.Ordinal) ? Says.Finish("Done.")
                : talk.Said("README.md:1: write steered") ? Says.Write("work/one.txt", "steered\n") : Says.Call("list_files", new { path = "." }),
            Latency = Slowly,
        });
        var goal = await server.GiveAsync(repository.Path);
        var session = await server.RunningAsync("code");

        await server.DecideAsync<object>(session.TaskId, "steer", new { content = "write steered", file = "README.md", line = 1 });

        var summary = await server.EndAsync(goal);
        summary.Ok.ShouldBeTrue(summary.Error);
        repository.Read("work/one.txt").ShouldBe("steered\n");
    }

    [Fact]
    public async Task A_person_takes_over_and_what_they_hand_back_is_checked_judged_and_merged_as_theirs()
    {
        using var repository = await TestRepository.CreateAsync();
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = Team.Plan(Team.Task("One")),
            Coder = _ => Says.Call("run_shell", new { command = "echo agent >> agent.txt" }),
            Latency = Slowly,
        });
        var goal = await server.GiveAsync(repository.Path);
        var session = await server.RunningAsync("code");
        await server.UntilAsync(() => server.Service<SessionStore>().EntriesAsync(session.Id), entries => entries.Count > 3);

        var taken = await server.DecideAsync<TakenOver>(session.TaskId, "take-over", null);
        (await server.Service<TaskStore>().GetAsync(taken.Id)).Hold.ShouldBe(TaskHold.TakenOver);
        File.Delete(Path.Combine(taken.Workspace, "agent.txt"));
        Directory.CreateDirectory(Path.Combine(taken.Workspace, "work"));
        await File.WriteAllTextAsync(Path.Combine(taken.Workspace, "work/one.txt"), "by hand\n");
        await server.DecideAsync<AgentTask>(session.TaskId, "hand-back", new { summary = "Wrote it myself." });

        var summary = await server.EndAsync(goal);
        summary.Ok.ShouldBeTrue($"{summary.Error}\n{await server.LogAsync()}");
        repository.Read("work/one.txt").ShouldBe("by hand\n");
        File.Exists(Path.Combine(repository.Path, "agent.txt")).ShouldBeFalse();
        (await repository.GitAsync("log", "--format=%an %s%n%b", "--all")).ShouldContain("A person One\nWrote it myself.");
        (await server.Service<EvidenceStore>().ListAsync(taken.Id, EvidenceKind.Verdict)).ShouldHaveSingleItem().ByPerson.ShouldBeFalse("a judge judged it");
    }

    [Fact]
    public async Task A_person_rejects_and_approves_in_place_of_a_judge_who_hesitates()
    {
        using var repository = await TestRepository.CreateAsync();
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = Team.Plan(Team.Task("One")),
            Coder = talk => talk.Turn > 0 ? Says.Finish("Done.") : Says.Write("work/one.txt", talk.Opening.Contains("better, please") ? "better\n" : "poor\n"),
            Judge = _ => Says.Call("list_files", new { path = "." }),
            Latency = Slowly,
        });
        var goal = await server.GiveAsync(repository.Path);
        var first = await server.RunningAsync("review");

        await server.DecideAsync<EvidenceEntry>(first.TaskId, "reject", new { feedback = "better, please" });
        var second = await server.UntilAsync(() => server.RunningAsync("review"), session => session.Attempt == 2);
        await server.DecideAsync<EvidenceEntry>(second.TaskId, "approve", null);

        var summary = await server.EndAsync(goal);
        summary.Ok.ShouldBeTrue(summary.Error);
        repository.Read("work/one.txt").ShouldBe("better\n");
        (await server.Service<EvidenceStore>().ListAsync(first.TaskId!.Value, EvidenceKind.Verdict)).Select(verdict => (verdict.ByPerson, verdict.Passed)).ShouldBe([(true, false), (true, true)]);
    }

    [Fact]
    public async Task A_task_that_is_given_to_another_in_the_middle_of_a_command_is_that_ones_as_soon_as_the_command_has_ended()
    {
        using var repository = await TestRepository.CreateAsync();
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = Team.Plan(Team.Task("One")),
            Coder = talk => talk.Attempt == 1 ? Says.Call("run_shell", new { command = "echo begun > one.log; sleep 600; echo ended >> one.log" })
                : talk.Turn > 0 ? Says.Finish("Done.") : Says.Call("run_shell", new { command = "mkdir -p work && cp one.log work/one.txt && rm one.log" }),
        }, workers: 2);
        var goal = await server.GiveAsync(repository.Path);
        var session = await server.RunningAsync("code");
        var workspace = (await server.UntilAsync(() => server.Service<TaskStore>().GetAsync(session.TaskId!.Value), task => task.Workspace is not null)).Workspace!;
        await server.UntilAsync(() => Task.FromResult(File.Exists(Path.Combine(workspace, "one.log"))), begun => begun);
        var other = (await server.Service<AgentStore>().ListAsync(AgentRole.Worker)).Single(worker => worker.Id != session.AgentId);

        await server.DecideAsync<AgentTask>(session.TaskId, "assign", new { agent = other.Name });

        (await server.EndAsync(goal)).Ok.ShouldBeTrue(await server.LogAsync());
        repository.Read("work/one.txt").ShouldBe("begun\n", "what was done until then is there, and nothing came after it");
        (await server.Service<SessionStore>().ListAsync(session.TaskId)).Where(each => each.Purpose == "code").Select(each => (each.AgentId, each.Outcome))
            .ShouldBe([(other.Id, "finished"), (session.AgentId, "reassigned")]);
    }

    [Fact]
    public async Task A_task_that_a_person_stopped_lies_still_and_its_goal_waits_until_it_is_retried()
    {
        using var repository = await TestRepository.CreateAsync();
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = Team.Plan(Team.Task("One")),
            Coder = talk => talk.Attempt == 1 ? Says.Call("list_files", new { path = "." }) : talk.Turn > 0 ? Says.Finish("Done.") : Says.Write("work/one.txt", "one\n"),
            Latency = Slowly,
        });
        var goal = await server.GiveAsync(repository.Path);
        var session = await server.RunningAsync("code");

        await server.DecideAsync<object>(session.TaskId, "stop", new { reason = "not like this" });

        (await server.Service<SessionStore>().GetAsync(session.Id)).Status.ShouldBe(SessionStatus.Stopped);
        (await server.SummaryAsync(goal)).Status.ShouldBe(TaskState.InProgress);
        (await server.Cli.RunAsync("task", "retry", session.TaskId.ToString()!)).ExitCode.ShouldBe(0);
        (await server.EndAsync(goal)).Ok.ShouldBeTrue(await server.LogAsync());
    }
}

internal static class Decisions
{
    public static async Task<Session> RunningAsync(this LoopServer server, string purpose) => (await server.UntilAsync(
        () => server.Service<SessionStore>().ListAsync(status: SessionStatus.Running), running => running.Exists(session => session.Purpose == purpose))).First(session => session.Purpose == purpose);

    public static async Task<T> DecideAsync<T>(this LoopServer server, Guid? task, string verb, object? body)
    {
        using var answer = await server.Owner.PostAsJsonAsync($"/api/tasks/{task}/{verb}", body, ApiClient.Json);
        if (!answer.IsSuccessStatusCode) throw new HttpRequestException(await answer.Content.ReadAsStringAsync(), null, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<T>(ApiClient.Json))!;
    }

    public static bool Said(this Talk talk, string words) => talk.Request.Messages.Any(message => message.Role == "user" && message.Text.Contains(words, StringComparison.Ordinal));
}
