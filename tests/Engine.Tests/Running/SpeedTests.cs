using System.Diagnostics;

namespace AgentOS.Engine.Tests.Running;

/// <summary>A run costs microseconds: nothing is parsed, reflected upon or compiled again.</summary>
public sealed class SpeedTests(ITestOutputHelper output)
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
    public async Task A_run_of_five_activities_and_three_scripts_takes_a_fraction_of_a_millisecond()
    {
        const int runs = 1000;
        using var engine = new InMemoryEngine();
        engine.Define(Definition);
        for (var i = 0; i < 300; i++) await engine.StartAsync("five");

        var clock = Stopwatch.StartNew();
        for (var i = 0; i < runs; i++) await engine.StartAsync("five");
        var each = clock.Elapsed / runs;
        output.WriteLine($"{each.TotalMicroseconds:F0} µs a run");
        // Ten times what it takes on an idle machine in a debug build.
        each.ShouldBeLessThan(TimeSpan.FromMilliseconds(10));
    }
}
