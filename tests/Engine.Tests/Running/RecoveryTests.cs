namespace AgentOS.Engine.Tests.Running;

/// <summary>A node that dies between two commits: another goes on from the last one.</summary>
public sealed class RecoveryTests
{
    private const string Definition = """
        { "definitionId": "steps", "options": { "commitStrategyName": "ActivityExecuted" },
          "variables": [{ "id": "v", "name": "Log", "typeName": "String", "value": "-", "storageDriverTypeName": "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core" }],
          "outputs": [{ "name": "Log", "type": "String" }],
          "root": { "id": "s", "type": "Elsa.Sequence", "activities": [
            { "id": "loop", "type": "Elsa.ForEach", "items": { "typeName": "List<Object>", "expression": { "type": "JavaScript", "value": "['a','b','c']" } },
              "body": { "id": "add", "type": "Elsa.SetVariable", "variable": { "id": "v", "name": "Log", "typeName": "String" },
                        "value": { "typeName": "Object", "expression": { "type": "JavaScript", "value": "getLog() + getVariable('CurrentValue') + getInput('Mark')" } } } },
            { "id": "f", "type": "Elsa.Flowchart", "activities": [
                { "id": "x", "type": "Elsa.WriteLine", "text": { "typeName": "String", "expression": { "type": "Literal", "value": "x" } } },
                { "id": "y", "type": "Elsa.WriteLine", "text": { "typeName": "String", "expression": { "type": "Literal", "value": "y" } } },
                { "id": "z", "type": "Elsa.WriteLine", "text": { "typeName": "String", "expression": { "type": "Literal", "value": "z" } } }],
              "connections": [
                { "source": { "activity": "x", "port": "Done" }, "target": { "activity": "y", "port": "In" } },
                { "source": { "activity": "y", "port": "Done" }, "target": { "activity": "z", "port": "In" } }] },
            { "id": "out", "type": "Elsa.SetOutput", "outputName": { "typeName": "String", "expression": { "type": "Literal", "value": "Log" } },
              "outputValue": { "typeName": "Object", "expression": { "type": "JavaScript", "value": "getLog()" } } }] } }
        """;

    [Theory]
    [InlineData("ActivityExecuted")]
    [InlineData("ActivityExecuting")]
    public async Task An_instance_goes_on_wherever_its_node_died(string strategy)
    {
        for (var commits = 1; commits < 14; commits++)
        {
            using var engine = new InMemoryEngine { DiesAfterCommits = commits };
            engine.Define(Definition.Replace("ActivityExecuted", strategy));
            var instance = await engine.StartAsync("steps", new Dictionary<string, object> { ["Mark"] = "!" });
            engine.DiesAfterCommits = null;
            await engine.RecoverAsync(instance);

            var state = instance.State;
            state.SubStatus.ToString().ShouldBe("Finished", $"died after {commits} commits");
            state.Output["Log"].ShouldBe("-a!b!c!", $"died after {commits} commits");
            instance.Journal.Count(x => x == "z/Completed").ShouldBe(1);
            instance.Journal.Count(x => x == "add/Completed").ShouldBe(3);
            instance.Executions.ShouldAllBe(x => x.Status == "Completed");
        }
    }

    [Fact]
    public async Task An_instance_that_was_never_committed_starts_from_its_beginning()
    {
        using var engine = new InMemoryEngine { DiesAfterCommits = 0 };
        engine.Define(Definition);
        var instance = await engine.StartAsync("steps", new Dictionary<string, object> { ["Mark"] = "!" });
        instance.Journal.ShouldBeEmpty();
        instance.Json.ShouldBe("{}");
    }
}
