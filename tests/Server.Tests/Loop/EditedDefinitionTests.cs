using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AgentOS.Testing.Git;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests.Loop;

/// <summary>The loop is what its definitions say: who changes one changes the next run, and none that has begun.</summary>
public class EditedDefinitionTests
{
    [Fact]
    public async Task A_step_that_is_added_to_a_definition_is_taken_by_the_next_run_and_by_none_that_runs()
    {
        using var repository = await TestRepository.CreateAsync();
        using var coding = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        var held = 0;
        var talks = new ConcurrentBag<(string Model, bool IsInstructed)>();
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = Team.Plan(Team.Task("One")),
            Coder = talk =>
            {
                talks.Add((talk.Request.Model, talk.System.EndsWith("# Instructions of the workflow\nSign what you write.\n", StringComparison.Ordinal)));
                if (Interlocked.Increment(ref held) == 1)
                {
                    coding.Release();
                    goOn.Wait(TimeSpan.FromSeconds(60));
                }
                return talk.Turn == 0 ? Says.Write(Team.FileOf(talk.Title), $"written {talk.Turn} {held}\n") : Says.Finish("Wrote it.");
            },
        });

        var first = await server.GiveAsync(repository.Path);
        (await coding.WaitAsync(TimeSpan.FromSeconds(60))).ShouldBeTrue("the first goal was never coded");
        await AddStepAsync(server);
        goOn.Release();
        var summary = await server.EndAsync(first);
        summary.Ok.ShouldBeTrue(summary.Error);
        (await TakenAsync(server, first)).ShouldBe((1, false), "what had begun goes on with the version with which it was started");

        talks.ShouldAllBe(talk => talk.Model == "recorded-chat" && !talk.IsInstructed);
        talks.Clear();

        var second = await server.GiveAsync(repository.Path, "And again");
        summary = await server.EndAsync(second);
        summary.Ok.ShouldBeTrue(summary.Error);
        (await TakenAsync(server, second)).ShouldBe((2, true));
        talks.ShouldNotBeEmpty();
        talks.ShouldAllBe(talk => talk.Model == "recorded-reasoner" && talk.IsInstructed);
    }

    /// <summary>Puts a step of its own between the merge and the end, and has the coder told something and another model asked, as the designer does: it reads the definition, and saves and publishes it changed.</summary>
    private static async Task AddStepAsync(LoopServer server)
    {
        var model = (await server.Owner.GetFromJsonAsync<JsonObject>("/elsa/api/workflow-definitions/by-definition-id/task?versionOptions=Latest"))!;
        var root = model["root"]!.AsObject();
        var merged = root["connections"]!.AsArray().Single(connection => (string?)connection!["target"]!["activity"] == "close")!;
        root["activities"]!.AsArray().Add(JsonNode.Parse("""
            {"id":"note","name":"note","type":"Elsa.WriteLine","version":1,"customProperties":{},"metadata":{},"text":{"typeName":"String","expression":{"type":"Literal","value":"merged"}}}
            """));
        var coding = root["activities"]!.AsArray().Single(activity => (string?)activity!["id"] == "code")!;
        coding["model"] = Literal("recorded/recorded-reasoner");
        coding["instructions"] = Literal("Sign what you write.");
        merged["target"]!["activity"] = "note";
        root["connections"]!.AsArray().Add(JsonNode.Parse("""{"source":{"activity":"note","port":"Done"},"target":{"activity":"close","port":"In"}}"""));
        using var saved = await server.Owner.PostAsJsonAsync("/elsa/api/workflow-definitions", new JsonObject { ["model"] = model.DeepClone(), ["publish"] = true });
        saved.EnsureSuccessStatusCode();
    }

    private static JsonObject Literal(string text) => new() { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = text } };

    /// <summary>The version with which the goal's task ran, and whether it took the step.</summary>
    private static async Task<(int Version, bool Step)> TakenAsync(LoopServer server, Guid goal)
    {
        var task = (await server.TasksAsync(goal)).Single(task => task.Title == "One");
        var instance = (await server.Owner.GetFromJsonAsync<JsonObject>($"/elsa/api/workflow-instances/{task.WorkflowInstanceId}"))!;
        var journal = (await server.Owner.GetFromJsonAsync<JsonObject>($"/elsa/api/workflow-instances/{task.WorkflowInstanceId}/journal?take=1000"))!;
        return ((int)instance["version"]!, journal["items"]!.AsArray().Any(entry => (string?)entry!["activityId"] == "note" && (string?)entry["eventName"] == "Completed"));
    }
}
