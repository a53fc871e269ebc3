using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace AgentOS.Engine.Tests.Runtime;

/// <summary>The HTTP API and the HTTP triggers of one node, as a caller sees them.</summary>
public sealed class ApiTests(EngineNodeFixture fixture) : IClassFixture<EngineNodeFixture>
{
    private readonly EngineProcess _node = fixture.Node;
    private readonly EngineDatabaseFixture _engine = fixture.Database;

    [Theory]
    [InlineData("{bad")]
    [InlineData("[1,2]")]
    [InlineData("\"text\"")]
    [InlineData("{}")]
    [InlineData("{\"model\":7}")]
    [InlineData("{\"model\":{\"root\":\"x\"}}")]
    [InlineData("{\"model\":{\"definitionId\":5}}")]
    [InlineData("{\"model\":{\"definitionId\":\"a\\u0000b\",\"root\":{\"type\":\"Elsa.Sequence\"}}}")]
    [InlineData("{\"model\":{\"definitionId\":\"h\",\"root\":{\"id\":\"x\"}},\"publish\":true}")]
    [InlineData("{\"model\":{\"definitionId\":\"h\",\"options\":{\"activationStrategyType\":\"System.Diagnostics.Process, System\"},\"root\":{\"type\":\"Elsa.Sequence\"}},\"publish\":true}")]
    public async Task A_broken_definition_is_refused_with_a_reason_and_leaves_nothing(string body)
    {
        using var answer = await _node.Http.PostAsync("elsa/api/workflow-definitions", new StringContent(body, Encoding.UTF8, "application/json"));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().First().Value[0].GetString().ShouldNotBeNullOrEmpty();
        (await _engine.ScalarAsync<long>("select count(*) from engine.workflow_definitions where definition_id = 'h'")).ShouldBe(0);
    }

    [Fact]
    public async Task JSON_that_is_nested_too_deep_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 5000)) + string.Concat(Enumerable.Repeat("]", 5000));
        using var answer = await _node.Http.PostAsync("elsa/api/events/deep/trigger", new StringContent($$"""{"input":{{deep}}}""", Encoding.UTF8, "application/json"));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Zero_characters_in_values_are_kept()
    {
        await _node.PublishAsync(Definitions.Sequence("zero", Definitions.WriteLine("a", "x\\u0000y")));
        var id = await _node.DispatchAsync("zero");
        (await FinishedAsync(id)).GetProperty("subStatus").GetString().ShouldBe("Finished");
    }

    [Fact]
    public async Task Versions_follow_save_publish_retract_revert_and_delete()
    {
        await _node.PublishAsync(Definitions.Sequence("v", Definitions.WriteLine("a", "1")));
        await _node.PublishAsync(Definitions.Sequence("v", Definitions.WriteLine("a", "2")));
        (await VersionsAsync()).ShouldBe(["2 latest published", "1"]);
        using (await _node.PostAsync("elsa/api/workflow-definitions/v/revert/1")) { }
        (await VersionsAsync()).ShouldBe(["3 latest", "2 published", "1"]);
        using (await _node.PostAsync("elsa/api/workflow-definitions/v/publish")) { }
        (await VersionsAsync()).ShouldBe(["3 latest published", "2", "1"]);
        using (await _node.PostAsync("elsa/api/workflow-definitions/v/retract")) { }
        (await VersionsAsync()).ShouldBe(["3 latest", "2", "1"]);
        using (var execute = await _node.PostAsync("elsa/api/workflow-definitions/v/execute")) execute.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using (await _node.Http.DeleteAsync("elsa/api/workflow-definitions/v")) { }
        (await VersionsAsync()).ShouldBeEmpty();

        async Task<List<string>> VersionsAsync() =>
        [.. (await _node.Http.GetFromJsonAsync<JsonElement>("elsa/api/workflow-definitions?versionOptions=AllVersions&DefinitionIds=v&OrderBy=Version&OrderDirection=Descending")).GetProperty("items").EnumerateArray()
            .Select(x => $"{x.GetProperty("version")}{(x.GetProperty("isLatest").GetBoolean() ? " latest" : "")}{(x.GetProperty("isPublished").GetBoolean() ? " published" : "")}")];
    }

    [Fact]
    public async Task An_HTTP_endpoint_is_served_while_it_is_published()
    {
        var path = Definitions.Literal("path", "orders/{id}");
        await _node.PublishAsync(Definitions.Flow("http", Definitions.Trigger("Elsa.HttpEndpoint", path),
            Definitions.Activity("a", "Elsa.WriteHttpResponse", "\"content\":{\"typeName\":\"Object\",\"expression\":{\"type\":\"Literal\",\"value\":\"made\"}}")));
        (await _node.Http.GetStringAsync("workflows/orders/7")).ShouldBe("made");
        using (var post = await _node.PostAsync("workflows/orders/7")) post.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using (var again = await _node.Http.PostAsync("elsa/api/workflow-definitions", new StringContent(
            Definitions.Flow("http-2", Definitions.Trigger("Elsa.HttpEndpoint", path), Definitions.WriteLine("a")), Encoding.UTF8, "application/json")))
            again.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using (await _node.PostAsync("elsa/api/workflow-definitions/http/retract")) { }
        using var gone = await _node.Http.GetAsync("workflows/orders/7");
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_suspended_instance_costs_rows_and_is_cancelled_with_its_bookmarks()
    {
        await _node.PublishAsync(Definitions.Sequence("suspended", Definitions.Event("e", "never")));
        using var executed = await _node.PostAsync("elsa/api/workflow-definitions/suspended/execute");
        var id = executed.Headers.GetValues("x-elsa-workflow-instance-id").Single();
        (await _engine.ScalarAsync<long>("select count(*) from engine.bookmarks where instance_id = $1", id)).ShouldBe(1);
        (await _engine.ScalarAsync<bool>("select owner is null from engine.workflow_instances where id = $1", id)).ShouldBeTrue();
        using (await _node.PostAsync($"elsa/api/cancel/workflow-instances/{id}")) { }
        (await FinishedAsync(id)).GetProperty("subStatus").GetString().ShouldBe("Cancelled");
        (await _engine.ScalarAsync<long>("select count(*) from engine.bookmarks where instance_id = $1", id)).ShouldBe(0);
    }

    [Fact]
    public async Task A_running_instance_is_interrupted_when_it_is_cancelled()
    {
        await using var checkpoint = await Checkpoint.StartAsync();
        await _node.PublishAsync(Definitions.Sequence("running", Definitions.Call("c", checkpoint.Address + "/running"), """{"commitStrategyName":"ActivityExecuting"}"""));
        var id = await _node.DispatchAsync("running");
        await checkpoint.ArrivalAsync();
        using (await _node.PostAsync($"elsa/api/cancel/workflow-instances/{id}")) { }
        (await FinishedAsync(id)).GetProperty("subStatus").GetString().ShouldBe("Cancelled");
    }

    [Fact]
    public async Task Work_that_was_claimed_while_the_answer_was_lost_is_done_all_the_same()
    {
        await _node.PublishAsync(Definitions.Sequence("lost", Definitions.WriteLine("a")));
        await _engine.ExecuteAsync("""
            insert into engine.work (kind, instance_id, definition_version_id, owner, attempts)
            select 'start', 'lost-1', d.id, n.id, 1 from engine.workflow_definitions d, engine.nodes n where d.definition_id = 'lost'
            """);
        (await FinishedAsync("lost-1")).GetProperty("subStatus").GetString().ShouldBe("Finished");
    }

    [Fact]
    public async Task A_workflow_that_faults_between_commits_is_written_once_and_answers_its_caller()
    {
        await _node.PublishAsync(Definitions.Sequence("faults", $"{Definitions.WriteLine("a")},{Definitions.Activity("f", "Elsa.Fault", Definitions.Literal("message", "on purpose"))}", """{"commitStrategyName":"ActivityExecuted"}"""));
        using var executed = await _node.PostAsync("elsa/api/workflow-definitions/faults/execute");
        var id = executed.Headers.GetValues("x-elsa-workflow-instance-id").Single();
        (await executed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("workflowState").GetProperty("subStatus").GetString().ShouldBe("Faulted");
        (await FinishedAsync(id)).GetProperty("subStatus").GetString().ShouldBe("Faulted");
    }

    private async Task<JsonElement> FinishedAsync(string id)
    {
        var end = DateTime.UtcNow + TimeSpan.FromSeconds(30);
        while (true)
        {
            using var answer = await _node.Http.GetAsync($"elsa/api/workflow-instances/{id}");
            if (answer.IsSuccessStatusCode && await answer.Content.ReadFromJsonAsync<JsonElement>() is var instance && instance.GetProperty("status").GetString() == "Finished") return instance;
            (DateTime.UtcNow < end).ShouldBeTrue("the instance never finished");
            await Task.Delay(25);
        }
    }
}
