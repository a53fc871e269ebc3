using System.Net.Http.Json;
using System.Text.Json;
using AgentOS.Engine.Runtime.Database;
using AgentOS.Engine.Runtime.Instances;

namespace AgentOS.Engine.Tests.Runtime;

/// <summary>An activity that has faulted runs again, once its cause is gone.</summary>
public sealed class RetryTests(EngineNodeFixture fixture) : IClassFixture<EngineNodeFixture>
{
    private const string Flaky = """
        {"id":"x","name":"x","type":"Elsa.RunJavaScript","version":1,"script":{"typeName":"String","expression":{"type":"Literal","value":"if (getVariable('Ready') !== 'yes') throw new Error('not ready'); return 'fine';"}}}
        """;

    private readonly EngineProcess _node = fixture.Node;

    [Theory]
    [InlineData("fault", "Elsa.Workflows.IncidentStrategies.FaultStrategy, Elsa.Workflows.Core", "Finished")]
    [InlineData("goes-on", "Elsa.Workflows.IncidentStrategies.ContinueWithIncidentsStrategy, Elsa.Workflows.Core", "Running")]
    public async Task A_faulted_activity_runs_again_and_the_workflow_goes_on(string definition, string strategy, string before)
    {
        await PublishAsync(definition, strategy);
        var id = await StartAsync(definition);
        (await InstanceAsync(id)).GetProperty("status").GetString().ShouldBe(before);
        (await InstanceAsync(id)).GetProperty("incidentCount").GetInt32().ShouldBe(1);

        (await RetryAsync(id, "x")).GetProperty("isSuccessful").GetBoolean().ShouldBeTrue();
        // Its cause is still there: it faults again, and can be asked again.
        await UntilAsync(id, x => x.GetProperty("incidentCount").GetInt32() == 1 && x.GetProperty("status").GetString() == before && !x.GetProperty("isExecuting").GetBoolean());
        if (before == "Running") using (await _node.PostAsync($"elsa/api/workflow-instances/{id}/variables", new { variables = new[] { new { id = "ready", value = "yes" } } })) { }
        else await MendAsync(id);
        (await RetryAsync(id)).GetProperty("isSuccessful").GetBoolean().ShouldBeTrue();

        var done = await UntilAsync(id, x => x.GetProperty("subStatus").GetString() == "Finished");
        done.GetProperty("incidentCount").GetInt32().ShouldBe(0);
        var journal = await _node.JournalAsync(id);
        journal.Count(x => x == "x Faulted").ShouldBe(2);
        journal.Count(x => x == "x Completed").ShouldBe(1);
        journal.Count(x => x == "after Completed").ShouldBe(1);
        journal.Count(x => x == "before Completed").ShouldBe(1);
    }

    // A finished instance takes no values from people; its author would have mended what the activity asks for.
    private async Task MendAsync(string id) =>
        await fixture.Database.ExecuteAsync("update engine.workflow_instances set state = replace(state::text, '\"ready\":\"no\"', '\"ready\":\"yes\"')::json where id = $1", id);

    [Fact]
    public async Task A_report_counts_what_waits_and_what_faulted_and_says_why()
    {
        await PublishAsync("reported", "Elsa.Workflows.IncidentStrategies.FaultStrategy, Elsa.Workflows.Core");
        var faulted = await StartAsync("reported");
        await _node.PublishAsync(Definitions.Sequence("waits", Definitions.Event("e", "never")));
        await StartAsync("waits");
        await using var database = new EngineDatabase(fixture.Database.ConnectionString);
        var report = new EngineReport(database);

        var definitions = await report.DefinitionsAsync();
        definitions.Single(one => one.DefinitionId == "reported").ShouldSatisfyAllConditions(one => (one.Running, one.Suspended, one.Faulted, one.Version).ShouldBe((0, 0, 1, 1)));
        definitions.Single(one => one.DefinitionId == "waits").ShouldSatisfyAllConditions(one => (one.Running, one.Suspended, one.Faulted).ShouldBe((0, 1, 0)));
        var fault = (await report.FaultedAsync(1)).ShouldHaveSingleItem();
        (fault.Id, fault.DefinitionId).ShouldBe((faulted, "reported"));
        fault.Incident!.Message.ShouldContain("not ready");
        fault.Incident.ActivityId.ShouldBe("x");
        (await report.NodesAsync()).ShouldHaveSingleItem().IsAlive.ShouldBeTrue();
        (await report.QueuesAsync()).ShouldSatisfyAllConditions(queues => queues.Bookmarks.ShouldBeGreaterThan(0), queues => queues.LateTimers.ShouldBe(0));
    }

    [Fact]
    public async Task What_has_not_faulted_is_not_run_again()
    {
        await _node.PublishAsync(Definitions.Sequence("sound", Definitions.WriteLine("a")));
        var id = await StartAsync("sound");
        var refused = await RetryAsync(id);
        refused.GetProperty("isSuccessful").GetBoolean().ShouldBeFalse();
        refused.GetProperty("log").GetProperty("logEntries")[0].GetProperty("message").GetString()!.ShouldContain("faulted");
        (await RetryAsync("nobody")).GetProperty("isSuccessful").GetBoolean().ShouldBeFalse();
        (await _node.JournalAsync(id)).Count(x => x == "a Completed").ShouldBe(1);
    }

    private Task PublishAsync(string definition, string strategy) => _node.PublishAsync($$$"""
        {"model":{"definitionId":"{{{definition}}}","options":{"incidentStrategyType":"{{{strategy}}}"},
          "variables":[{"id":"ready","name":"Ready","typeName":"String","value":"no","storageDriverTypeName":"Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core"}],
          "root":{"id":"s","type":"Elsa.Sequence","activities":[{{{Definitions.WriteLine("before")}}},{{{Flaky}}},{{{Definitions.WriteLine("after")}}}]}},"publish":true}
        """);

    private async Task<string> StartAsync(string definition)
    {
        using var answer = await _node.PostAsync($"elsa/api/workflow-definitions/{definition}/execute");
        return answer.Headers.GetValues("x-elsa-workflow-instance-id").Single();
    }

    private async Task<JsonElement> RetryAsync(string id, params string[] activities)
    {
        using var answer = await _node.PostAsync("elsa/api/alterations/workflows/retry", new { workflowInstanceIds = new[] { id }, activityIds = activities.Length > 0 ? activities : null });
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("results")[0];
    }

    private Task<JsonElement> InstanceAsync(string id) => _node.Http.GetFromJsonAsync<JsonElement>($"elsa/api/workflow-instances/{id}");

    private async Task<JsonElement> UntilAsync(string id, Func<JsonElement, bool> reached)
    {
        var end = DateTime.UtcNow + TimeSpan.FromSeconds(30);
        while (true)
        {
            var instance = await InstanceAsync(id);
            if (reached(instance)) return instance;
            (DateTime.UtcNow < end).ShouldBeTrue(instance.GetRawText());
            await Task.Delay(50);
        }
    }
}
