using System.Text.Json;
using AgentOS.Engine.Definitions;
using AgentOS.Engine.Tests.Running;
using Elsa.Workflows.Activities;

namespace AgentOS.Engine.Tests.Definitions;

/// <summary>Definitions come from people, files and models: what is wrong with one is said by name, and no JSON makes an object that the engine does not know.</summary>
public sealed class HostileDefinitionTests
{
    [Theory]
    [InlineData("""{ "id": "w" }""", "names no type")]
    [InlineData("""{ "id": "s", "type": "Elsa.Sequence", "activities": [{ "id": "a", "type": "Elsa.WriteLine" }, { "id": "a", "type": "Elsa.WriteLine" }] }""", "have the id 'a'")]
    [InlineData("""{ "id": "f", "type": "Elsa.Flowchart", "activities": [{ "id": "a", "type": "Elsa.WriteLine" }, { "id": "a", "type": "Elsa.WriteLine" }] }""", "two activities with the id 'a'")]
    [InlineData("""{ "id": "s", "type": "Elsa.Sequence", "activities": "many" }""", "'s' of type 'Elsa.Sequence' cannot be read")]
    [InlineData("""{ "id": "k", "type": "Elsa.Fork", "joinMode": "Sideways" }""", "'k' of type 'Elsa.Fork' cannot be read")]
    [InlineData("""{ "id": "s", "type": "Elsa.Sequence", "variables": [{ "id": "v", "name": "V", "typeName": "System.Diagnostics.Process, System" }] }""", "Unknown serialization type alias")]
    public void A_mistake_is_named(string root, string message)
    {
        using var engine = new InMemoryEngine();
        Should.Throw<InvalidDefinitionException>(() => engine.Define($$"""{ "definitionId": "d", "root": {{root}} }""")).Message.ShouldContain(message);
    }

    [Theory]
    [InlineData("System.Diagnostics.Process")]
    [InlineData("Elsa.Workflows.MemoryStorageDriver, Elsa.Workflows.Core")]
    [InlineData("Acme.Nothing")]
    public void An_unknown_type_becomes_an_activity_that_says_so(string type)
    {
        using var engine = new InMemoryEngine();
        var graph = engine.Define($$"""{ "definitionId": "d", "root": { "id": "x", "type": "{{type}}", "secret": 1 } }""");
        graph.Workflow.Root.ShouldBeOfType<NotFoundActivity>().MissingTypeName.ShouldBe(type);
    }

    [Fact]
    public void Options_name_only_strategies()
    {
        using var engine = new InMemoryEngine();
        Should.Throw<InvalidDefinitionException>(() => engine.Define("""{ "definitionId": "d", "options": { "incidentStrategyType": "System.String" }, "root": null }"""));
        Should.Throw<InvalidDefinitionException>(() => engine.Define("""{ "definitionId": "d", "options": { "incidentStrategyType": "Elsa.Workflows.MemoryStorageDriver, Elsa.Workflows.Core" }, "root": null }"""));
    }

    [Fact]
    public void Nesting_has_an_end()
    {
        using var engine = new InMemoryEngine();
        var json = string.Concat(Enumerable.Repeat("""{ "type": "Elsa.If", "then": """, 90)) + """{ "type": "Elsa.WriteLine" }""" + new string('}', 90);
        using var document = JsonDocument.Parse($$"""{ "definitionId": "d", "root": {{json}} }""", new JsonDocumentOptions { MaxDepth = 1000 });
        Should.Throw<InvalidDefinitionException>(() => engine.Define(document.RootElement)).Message.ShouldContain("deep");
    }

    [Fact]
    public async Task A_script_that_never_ends_is_stopped()
    {
        using var engine = new InMemoryEngine();
        engine.Define("""{ "definitionId": "d", "root": { "id": "r", "type": "Elsa.RunJavaScript", "script": { "typeName": "String", "expression": { "type": "Literal", "value": "function f() { return f(); } f();" } } } }""");
        var instance = await engine.StartAsync("d");
        instance.State.SubStatus.ToString().ShouldBe("Faulted");
        instance.State.Incidents.Single().ActivityId.ShouldBe("r");
    }

    [Fact]
    public async Task A_script_reaches_nothing_of_the_host()
    {
        using var engine = new InMemoryEngine();
        engine.Define("""
            { "definitionId": "d", "outputs": [{ "name": "R", "type": "String" }],
              "root": { "id": "o", "type": "Elsa.SetOutput", "outputName": { "typeName": "String", "expression": { "type": "Literal", "value": "R" } },
                "outputValue": { "typeName": "Object", "expression": { "type": "JavaScript",
                  "value": "[typeof System, typeof importNamespace, typeof require, typeof process, (() => { try { return eval('1') } catch (e) { return 'no eval' } })()].join()" } } } }
            """);
        var instance = await engine.StartAsync("d");
        instance.State.Output["R"].ShouldBe("undefined,undefined,undefined,undefined,no eval");
    }
}
