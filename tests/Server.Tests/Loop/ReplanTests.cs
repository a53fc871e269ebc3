using System.Net.Http.Json;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;
using AgentOS.Testing.Git;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests.Loop;

/// <summary>A person has a goal planned again, at every point of its way.</summary>
public class ReplanTests
{
    private static readonly TimeSpan Slowly = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task While_the_planner_waits_for_an_answer_the_note_is_the_answer_and_the_new_plan_begins()
    {
        using var repository = await TestRepository.CreateAsync();
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = talk => talk.Attempt == 1 ? Says.Call("ask_human", new { question = "One or two?" })
                : talk.Opening.Contains("two it is", StringComparison.Ordinal) && talk.Turn == 0 ? Says.Call("create_tasks", new { tasks = new[] { Team.Task("Two") } }) : Says.Finish("Planned."),
            Latency = Slowly,
        });
        var goal = await server.GiveAsync(repository.Path);
        await server.UntilAsync(() => server.Service<MessageStore>().OpenQuestionsAsync(goal), open => open.Count == 1);

        await ReplanAsync(server, goal, "two it is");

        var summary = await server.EndAsync(goal);
        summary.Ok.ShouldBeTrue(summary.Error);
        summary.Tasks.ShouldHaveSingleItem().Title.ShouldBe("Two");
        (await server.Service<MessageStore>().OpenQuestionsAsync(goal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task While_its_tasks_are_coded_they_go_on_beside_the_new_plan()
    {
        using var repository = await TestRepository.CreateAsync();
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = talk => talk.Turn > 0 ? Says.Finish("Planned.")
                : Says.Call("create_tasks", new { tasks = talk.Attempt == 1 ? [Team.Task("One"), Team.Task("After", "One")] : new[] { Team.Task("Two") } }),
            // The first looks around until it is told to go on.
            Coder = talk => talk.Last.StartsWith("Wrote", StringComparison.Ordinal) ? Says.Finish("Done.")
                : talk.Title == "One" && !talk.Said("go on") ? Says.Call("list_files", new { path = "." }) : Says.Write(Team.FileOf(talk.Title), "written\n"),
            Latency = Slowly,
        });
        var goal = await server.GiveAsync(repository.Path);
        var session = await server.RunningAsync("code");

        await ReplanAsync(server, goal, "and a second", drop: true);
        await server.UntilAsync(() => server.TasksAsync(goal), tasks => tasks.Exists(task => task is { Title: "Two", Status: TaskState.Done }));
        await server.DecideAsync<object>(session.TaskId, "steer", new { content = "go on" });

        var summary = await server.EndAsync(goal);
        summary.Ok.ShouldBeTrue(summary.Error);
        summary.Tasks.ToDictionary(task => task.Title, task => task.Status).ShouldBe(
            new Dictionary<string, TaskState> { ["One"] = TaskState.Done, ["After"] = TaskState.Cancelled, ["Two"] = TaskState.Done }, ignoreOrder: true);
        (await server.Service<SessionStore>().ListAsync(goal)).Count(plan => plan.Purpose == "plan").ShouldBe(2);
    }

    private static async Task ReplanAsync(LoopServer server, Guid goal, string note, bool drop = false)
    {
        using var answer = await server.Owner.PostAsJsonAsync($"/api/goals/{goal}/replan", new { note, drop_waiting = drop });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }
}
