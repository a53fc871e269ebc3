namespace AgentOS.Engine.Tests.Running;

/// <summary>Nothing is parsed, reflected upon or compiled again for a run: what it allocates stays small. Time is measured by <c>agentos bench engine</c>.</summary>
public sealed class SpeedTests
{
    private const string Definition = """
        { "definitionId": "five",
          "variables": [{ "id": "c", "name": "Counter", "typeName": "Int32", "value": "0", "storageDriverTypeName": "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core" }],
          "root": { "id": "f", "type": "Elsa.Flowchart", "activities": [
            { "id": "set", "type": "Elsa.SetVariable", "variable": { "id": "c", "name": "Counter", "typeName": "Int32" }, "value": { "typeName": "Object", "expression": { "type": "JavaScript", "value": "41 + 1" } } },
            { "id": "if", "type": "Elsa.If", "condition": { "typeName": "Boolean", "expression": { "type": "JavaScript", "value": "getCounter() > 10" } },
              "then": { "id": "w", "type": "Elsa.WriteLine", "text": { "typeName": "String", "expression": { "type": "Literal", "value": "big" } } } },
            { "id": "add", "type": "Elsa.SetVariable", "variable": { "id": "c", "name": "Counter", "typeName": "Int32" }, "value": { "typeName": "Object", "expression": { "type": "JavaScript", "value": "getCounter() + 1" } } },
            { "id": "end", "type": "Elsa.Finish" }],
          "connections": [
            { "source": { "activity": "set", "port": "Done" }, "target": { "activity": "if", "port": "In" } },
            { "source": { "activity": "if", "port": "Done" }, "target": { "activity": "add", "port": "In" } },
            { "source": { "activity": "add", "port": "Done" }, "target": { "activity": "end", "port": "In" } }] } }
        """;

    [Fact]
    public async Task A_run_of_five_activities_and_three_scripts_allocates_little()
    {
        const int runs = 200;
        using var engine = new InMemoryEngine();
        engine.Define(Definition);
        for (var i = 0; i < 300; i++) await engine.StartAsync("five");

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < runs; i++) await engine.StartAsync("five");
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / runs;
        // Reading the definition again would alone be several times that.
        each.ShouldBeInRange(1_000, 250_000);
    }
}
