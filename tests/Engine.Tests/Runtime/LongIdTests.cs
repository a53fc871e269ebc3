using System.Net;
using System.Text;
using System.Text.Json;

namespace AgentOS.Engine.Tests.Runtime;

/// <summary>What an index cannot hold is refused where it is given, not where it is written.</summary>
public sealed class LongIdTests(EngineNodeFixture fixture) : IClassFixture<EngineNodeFixture>
{
    // Nothing that a database could press together; of the longest that is possible each character takes three bytes.
    private static readonly string TooLong = string.Concat(Enumerable.Range(0, 100).Select(number => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(number)))));
    private static readonly string Longest = string.Concat(Enumerable.Range(0, 500).Select(number => (char)(0x4E00 + number * 37)));

    private readonly EngineProcess _node = fixture.Node;

    [Theory]
    [InlineData("correlate", """{"id":"x","type":"Elsa.Correlate","correlationId":{"typeName":"String","expression":{"type":"JavaScript","value":"getInput('Long')"}}}""")]
    [InlineData("script", """{"id":"x","type":"Elsa.RunJavaScript","script":{"typeName":"String","expression":{"type":"Literal","value":"setCorrelationId(getInput('Long'))"}}}""")]
    [InlineData("dispatch", """{"id":"x","type":"Elsa.DispatchWorkflow","workflowDefinitionId":{"typeName":"String","expression":{"type":"Literal","value":"child"}},"correlationId":{"typeName":"String","expression":{"type":"JavaScript","value":"getInput('Long')"}}}""")]
    [InlineData("execute", """{"id":"x","type":"Elsa.ExecuteWorkflow","workflowDefinitionId":{"typeName":"String","expression":{"type":"Literal","value":"child"}},"correlationId":{"typeName":"String","expression":{"type":"JavaScript","value":"getInput('Long')"}}}""")]
    [InlineData("publish", """{"id":"x","type":"Elsa.PublishEvent","eventName":{"typeName":"String","expression":{"type":"Literal","value":"e"}},"correlationId":{"typeName":"String","expression":{"type":"JavaScript","value":"getInput('Long')"}}}""")]
    public async Task An_activity_that_sets_a_correlation_id_that_is_too_long_has_faulted(string definition, string activity)
    {
        await _node.PublishAsync(Definitions.Sequence("child", Definitions.WriteLine("c")));
        await _node.PublishAsync(Definitions.Sequence(definition, $"{Definitions.WriteLine("before")},{activity},{Definitions.WriteLine("after")}"));

        using var answer = await PostAsync($"elsa/api/workflow-definitions/{definition}/execute", new { input = new { Long = TooLong } });

        var state = JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("workflowState");
        state.GetProperty("subStatus").GetString().ShouldBe("Faulted");
        var incident = state.GetProperty("incidents").EnumerateArray().ShouldHaveSingleItem();
        incident.GetProperty("activityId").GetString().ShouldBe("x");
        incident.GetProperty("message").GetString()!.ShouldContain("The correlation id has 6,400 characters");
        var journal = await _node.JournalAsync(state.GetProperty("id").GetString()!);
        journal.ShouldContain("before Completed");
        journal.ShouldContain("x Faulted");
        (await fixture.Database.ScalarAsync<long>("select (select count(*) from engine.workflow_instances where definition_id = 'child') + (select count(*) from engine.work) + (select count(*) from engine.bookmark_queue)")).ShouldBe(0);
    }

    [Fact]
    public async Task A_request_with_an_id_that_is_too_long_is_the_callers_mistake()
    {
        await _node.PublishAsync(Definitions.Sequence("asked", Definitions.WriteLine("a")));
        await _node.PublishAsync(Definitions.Flow("served", Definitions.Trigger("Elsa.HttpEndpoint", Definitions.Literal("path", "long-id")), Definitions.WriteLine("a")));

        foreach (var (address, body) in new (string, object)[]
                 {
                     ("elsa/api/workflow-definitions/asked/execute", new { correlationId = TooLong }), ("elsa/api/workflow-definitions/asked/dispatch", new { correlationId = TooLong }),
                     ("elsa/api/workflow-definitions/asked/dispatch", new { instanceId = TooLong }), ("elsa/api/workflow-definitions/asked/bulk-dispatch", new { correlationId = TooLong }),
                     ("elsa/api/events/e/trigger", new { correlationId = TooLong }), ("elsa/api/workflow-definitions", new { model = new { definitionId = TooLong, root = new { type = "Elsa.Sequence", id = "s" } } }),
                 })
        {
            using var answer = await PostAsync(address, body);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, address);
            (await answer.Content.ReadAsStringAsync()).ShouldContain("500");
        }
        using (var served = await _node.Http.GetAsync($"workflows/long-id?correlationId={TooLong}")) served.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await fixture.Database.ScalarAsync<long>("select (select count(*) from engine.workflow_instances where definition_id in ('asked', 'served')) + (select count(*) from engine.work) + (select count(*) from engine.bookmark_queue)")).ShouldBe(0);
    }

    [Theory]
    [InlineData("SingletonStrategy")]
    [InlineData("CorrelatedSingletonStrategy")]
    [InlineData("CorrelationStrategy")]
    public async Task The_longest_ids_that_are_possible_fit_every_index_together(string strategy)
    {
        var definition = strategy[..^8] + Longest[strategy.Length..];
        var path = $"elsa/api/workflow-definitions/{Uri.EscapeDataString(definition)}";
        await _node.PublishAsync(Definitions.Sequence(definition, Definitions.Event("e", TooLong), $$"""{"activationStrategyType":"Elsa.Workflows.Runtime.ActivationValidators.{{strategy}}, Elsa.Workflows.Runtime"}"""));

        using var first = await PostAsync($"{path}/execute", new { correlationId = Longest });
        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonElement.Parse(await first.Content.ReadAsStringAsync()).GetProperty("workflowState").GetProperty("subStatus").GetString().ShouldBe("Suspended");
        using (var second = await PostAsync($"{path}/execute", new { correlationId = Longest })) second.Headers.GetValues("x-elsa-workflow-cannot-start").ShouldBe(["True"]);

        // Names of events are not looked for as they are, and have no limit; nor have names of instances.
        using var triggered = await PostAsync($"elsa/api/events/{TooLong}/trigger", new { correlationId = Longest, workflowExecutionMode = "Synchronous" });
        triggered.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _node.Http.GetStringAsync($"elsa/api/workflow-instances/{first.Headers.GetValues("x-elsa-workflow-instance-id").Single()}")).ShouldContain("\"subStatus\":\"Finished\"");
    }

    [Fact]
    public async Task A_name_of_an_instance_may_be_long()
    {
        await _node.PublishAsync(Definitions.Sequence("named", Definitions.Activity("n", "Elsa.SetName", Definitions.Literal("value", TooLong))));
        using var answer = await PostAsync("elsa/api/workflow-definitions/named/execute", new { });
        (await _node.Http.GetStringAsync($"elsa/api/workflow-instances/{answer.Headers.GetValues("x-elsa-workflow-instance-id").Single()}")).ShouldContain($"\"name\":\"{TooLong}\"");
    }

    private Task<HttpResponseMessage> PostAsync(string address, object body) => _node.Http.PostAsync(address, new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"));
}
