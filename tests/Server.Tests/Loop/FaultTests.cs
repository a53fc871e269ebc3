using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentOS.Kernel.Tasks;
using AgentOS.Testing.Git;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests.Loop;

/// <summary>A workflow that breaks, through a person's change of it, say.</summary>
public class FaultTests
{
    [Fact]
    public async Task The_task_of_a_faulted_workflow_is_blocked_at_once_with_the_reason_and_its_planner_goes_on()
    {
        using var repository = await TestRepository.CreateAsync();
        await using var server = await LoopServer.StartAsync(new() { Planner = Team.Plan(Team.Task("One")), GoalJudge = talk => Says.Reject("One is blocked.") });
        await WithoutHeartbeatsAsync(server);
        await BreakAsync(server, "task", "workspace");

        var goal = await server.GiveAsync(repository.Path);
        var task = (await server.UntilAsync(() => server.TasksAsync(goal), tasks => tasks.Exists(each => each is { Kind: TaskKind.Code, Status: TaskState.Blocked }))).Single(each => each.Kind == TaskKind.Code);

        task.Error!.ShouldContain("broken on purpose");
        task.Error!.ShouldContain($"agentos task retry {task.Id}");
        // Its planner was told: the goal is judged, and planned again, until it has had its attempts.
        (await server.EndAsync(goal)).Status.ShouldBe(TaskState.Blocked);

        // Its step would find the task in other hands. The button in the designer does what the commands do: the task gets an instance of its own.
        var faulted = $"{task.Id:N}-1";
        var retried = await RetryAsync(server.Owner, faulted);
        retried.ShouldBe("True 'One' is retried, with an instance of its own.");
        await server.UntilAsync(() => InstancesAsync(server, task.Id), instances => instances == $"{faulted} Faulted, {task.Id:N}-2 Faulted");
        await server.UntilAsync(() => server.TasksAsync(goal), tasks => tasks.Exists(each => each.Id == task.Id && each is { Status: TaskState.Blocked, WorkflowInstanceId: null }));

        // What nobody wants any more is not begun by it.
        (await server.Cli.RunAsync("task", "cancel", task.Id.ToString())).ExitCode.ShouldBe(0);
        (await RetryAsync(server.Owner, faulted)).ShouldBe("False 'One' is cancelled: it is not held up by this instance any more.");
        (await RetryAsync(server.Owner, "nobody")).ShouldStartWith("False There is no workflow instance nobody");
        (await InstancesAsync(server, task.Id)).ShouldBe($"{faulted} Faulted, {task.Id:N}-2 Faulted");
    }

    [Fact]
    public async Task A_faulted_instance_is_not_retried_while_another_one_is_at_work_on_its_task()
    {
        using var repository = await TestRepository.CreateAsync();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = Team.Plan(Team.Task("One")), GoalJudge = talk => Says.Reject("One is blocked."),
            Coder = talk =>
            {
                asked.TrySetResult();
                goOn.Task.Wait();
                return talk.Turn == 0 ? Says.Write(Team.FileOf(talk.Title), "written\n") : Says.Finish("It is written.");
            },
        });
        try
        {
            await WithoutHeartbeatsAsync(server);
            await BreakAsync(server, "task", "workspace");
            var goal = await server.GiveAsync(repository.Path);
            (await server.EndAsync(goal)).Status.ShouldBe(TaskState.Blocked);
            var task = (await server.TasksAsync(goal)).Single(each => each.Kind == TaskKind.Code);
            foreach (var step in (string[])["revert/1", "publish"])
                using (var mended = await server.Owner.PostAsJsonAsync($"/elsa/api/workflow-definitions/task/{step}", new { })) mended.IsSuccessStatusCode.ShouldBeTrue(await mended.Content.ReadAsStringAsync());
            (await RetryAsync(server.Owner, $"{task.Id:N}-1")).ShouldStartWith("True");
            await asked.Task.WaitAsync(TimeSpan.FromMinutes(5));

            (await RetryAsync(server.Owner, $"{task.Id:N}-1")).ShouldBe("False 'One' is in progress: it is not held up by this instance any more.");
            (await InstancesAsync(server, task.Id)).ShouldStartWith($"{task.Id:N}-1 Faulted, {task.Id:N}-2 ");
            goOn.SetResult();

            // One has worked on it, once.
            await server.UntilAsync(() => server.TasksAsync(goal), tasks => tasks.Exists(each => each.Id == task.Id && each.Status == TaskState.Done));
            await server.UntilAsync(() => InstancesAsync(server, task.Id), instances => instances == $"{task.Id:N}-1 Faulted, {task.Id:N}-2 Finished");
        }
        finally
        {
            goOn.TrySetResult();
        }
    }

    private static async Task<string> RetryAsync(HttpClient owner, string instance)
    {
        using var answer = await owner.PostAsJsonAsync("/elsa/api/alterations/workflows/retry", new { workflowInstanceIds = new[] { instance } });
        var result = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("results")[0];
        result.GetProperty("workflowHasScheduledWork").GetBoolean().ShouldBeFalse();
        return $"{result.GetProperty("isSuccessful").GetBoolean()} {result.GetProperty("log").GetProperty("logEntries")[0].GetProperty("message").GetString()}";
    }

    private static async Task<string> InstancesAsync(LoopServer server, Guid task)
    {
        await using var command = server.Database.CreateCommand("SELECT coalesce(string_agg(id || ' ' || sub_status, ', ' ORDER BY id), '') FROM engine.workflow_instances WHERE starts_with(id, $1)");
        command.Parameters.Add(new() { Value = $"{task:N}-" });
        return (string)(await command.ExecuteScalarAsync())!;
    }

    [Fact]
    public async Task The_goal_of_a_faulted_workflow_is_blocked_at_once()
    {
        using var repository = await TestRepository.CreateAsync();
        await using var server = await LoopServer.StartAsync(new() { Planner = Team.Plan(Team.Task("One")) });
        await WithoutHeartbeatsAsync(server);
        await BreakAsync(server, "goal", "plan");

        var summary = await server.ReachAsync(repository.Path);

        summary.Status.ShouldBe(TaskState.Blocked);
        summary.Error!.ShouldContain("broken on purpose");

        var overview = JsonElement.Parse((await server.Cli.RunAsync("workflow", "status", "--json")).StandardOutput);
        overview.GetProperty("definitions").EnumerateArray().Single(one => one.GetProperty("definition_id").GetString() == "goal").GetProperty("faulted").GetInt64().ShouldBe(1);
        var fault = overview.GetProperty("faulted").EnumerateArray().ShouldHaveSingleItem();
        fault.GetProperty("error").GetString()!.ShouldContain("broken on purpose");
        fault.GetProperty("task_state").GetString().ShouldBe("blocked");
        (await server.Cli.RunAsync("workflow", "retry", fault.GetProperty("id").GetString()!)).StandardOutput.ShouldContain("is retried");
        (await server.Cli.RunAsync("workflow", "retry", "nobody")).StandardError.ShouldContain("There is no workflow instance nobody");
    }

    private static async Task WithoutHeartbeatsAsync(LoopServer server)
    {
        await using var stop = server.Database.CreateCommand("UPDATE schedules SET enabled = false");
        await stop.ExecuteNonQueryAsync();
    }

    /// <summary>Publishes the definition with one of its activities replaced by one that fails.</summary>
    private static Task BreakAsync(LoopServer server, string definition, string activity) => BreakAsync(server.Owner, definition, activity);

    internal static async Task BreakAsync(HttpClient owner, string definition, string activity)
    {
        var model = (await owner.GetFromJsonAsync<JsonObject>($"/elsa/api/workflow-definitions/by-definition-id/{definition}?versionOptions=Published"))!;
        var activities = model["root"]!["activities"]!.AsArray();
        var at = activities.Single(each => (string?)each!["id"] == activity)!;
        at["type"] = "Elsa.Fault";
        at["message"] = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = "broken on purpose" } };
        using var answer = await owner.PostAsJsonAsync("/elsa/api/workflow-definitions", new { model, publish = true });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }
}
