using System.Text.Json;
using AgentOS.Engine.Definitions;
using AgentOS.Engine.Tests.Running;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Engine.Tests.Definitions;

/// <summary>Mistakes that are found before a workflow runs, each named with its activity; and forms of JSON that have none.</summary>
public sealed class ValidationTests
{
    [Theory]
    [InlineData("""{"id":"a","type":"Elsa.WritLine"}""", "a", "There is no activity type 'Elsa.WritLine' here. Is 'Elsa.WriteLine' meant?")]
    [InlineData("""{"id":"a","type":"Elsa.WriteLine","text":{"expression":{"type":"JavaScript","value":"1 +"}}}""", "a", "'Text': the JavaScript cannot be read")]
    [InlineData("""{"id":"a","type":"Elsa.WriteLine","text":{"expression":{"type":"Liquid","value":"{% if x %}"}}}""", "a", "'Text': the Liquid template cannot be read")]
    [InlineData("""{"id":"a","type":"Elsa.SendHttpRequest","customProperties":{"resilienceStrategy":{"mode":"Identifier","strategyId":"payments"}}}""", "a", "There is no resilience strategy 'payments' here. There are: http-default,")]
    [InlineData("""{"id":"a","type":"Elsa.WriteLine","text":{"expression":{"type":"Liquid","value":"{{ Variables.Nope }}"}}}""", "a", "there is no variable 'Nope'. There are: Order.")]
    [InlineData("""{"id":"a","type":"Elsa.WriteLine","text":{"expression":{"type":"JavaScript","value":"getVariable('Nope')"}}}""", "a", "there is no variable 'Nope'. There are: Order.")]
    [InlineData("""{"id":"a","type":"Elsa.WriteLine","text":{"expression":{"type":"Variable","value":{"id":"x1","name":"Nope"}}}}""", "a", "there is no variable 'x1'")]
    [InlineData("""{"id":"a","type":"Elsa.WriteLine","text":{"expression":{"type":"Input","value":"Nope"}}}""", "a", "the workflow has no input 'Nope'")]
    [InlineData("""{"id":"a","type":"Elsa.WriteLine","text":{"expression":{"type":"Pascal","value":"x"}}}""", "a", "there is no expression type 'Pascal' here. There are: ")]
    [InlineData("""{"id":"a","type":"Elsa.FlowFork","branches":{"expression":{"type":"Object","value":"[\"A\""}}}""", "a", "'Branches': the JSON cannot be read")]
    [InlineData("""{"id":"a","type":"Elsa.If","condition":{"expression":{"type":"Literal","value":"true"}},"result":{"memoryReference":{"id":"nowhere"}}}""", "a", "'Result' goes to 'nowhere'")]
    [InlineData("""{"id":"a","type":"Elsa.SetVariable","variable":{"id":"nowhere","name":"nowhere","typeName":"Object"}}""", "a", "'Variable' is 'nowhere', which is not declared")]
    [InlineData("""{"id":"a","type":"Elsa.If","then":{"id":"inner","type":"Elsa.Nope"}}""", "inner", "There is no activity type 'Elsa.Nope' here.")]
    [InlineData("""{"id":"a","type":"Elsa.Switch","cases":[{"label":"L","condition":{"type":"JavaScript","value":"("},"activity":{"id":"c","type":"Elsa.WriteLine"}}]}""", "a", "'Cases, L': the JavaScript cannot be read")]
    public void A_mistake_is_named_with_its_activity(string activity, string id, string message)
    {
        var mistake = Check($$"""{"activities":[{{activity}}]}""").ShouldHaveSingleItem();
        mistake.Activity.ShouldBe(id);
        mistake.Message.ShouldContain(message);
    }

    [Theory]
    [InlineData("""{"source":{"activity":"a","port":"Yes"},"target":{"activity":"b"}}""", "a", "It has no port 'Yes', from which a connection leads to 'b'. There are: True, False.")]
    [InlineData("""{"source":{"activity":"a","port":"True"},"target":{"activity":"zz"}},{"source":{"activity":"a","port":"True"},"target":{"activity":"b"}}""", "f", "A connection leads to 'zz', which is no activity of this flowchart")]
    [InlineData("""{"source":{"activity":"a","port":"True"}},{"source":{"activity":"a","port":"True"},"target":{"activity":"b"}}""", "f", "A connection leads to no activity")]
    [InlineData("", "b", "No connection leads to it from the start of its flowchart: it never runs.")]
    [InlineData("""{"source":{"activity":"a","port":"True"},"target":{"activity":"b"}},{"source":{"activity":"a","port":"False"},"target":{"activity":"b"}},{"source":{"activity":"b"},"target":{"activity":"a"}}""", "f", "It never ends")]
    public void A_connection_that_is_wrong_is_named(string connections, string id, string message)
    {
        var mistake = Check($$"""{"start":"a","activities":[{"id":"a","type":"Elsa.FlowDecision"},{"id":"b","type":"Elsa.WriteLine"}],"connections":[{{connections}}]}""").ShouldHaveSingleItem();
        mistake.Activity.ShouldBe(id);
        mistake.Message.ShouldContain(message);
    }

    [Theory]
    [InlineData("""{"id":"a","type":"Elsa.FlowSwitch","cases":[{"label":"Big","condition":{"type":"JavaScript","value":"true"}}]}""", "Big")]
    [InlineData("""{"id":"a","type":"Elsa.FlowFork","branches":{"typeName":"List<String>","expression":{"type":"Object","value":"[\"Left\",\"Right\"]"}}}""", "Left")]
    [InlineData("""{"id":"a","type":"Elsa.RunJavaScript","possibleOutcomes":{"typeName":"List<String>","expression":{"type":"Object","value":"[\"Good\"]"}}}""", "Good")]
    [InlineData("""{"id":"a","type":"Elsa.FlowSendHttpRequest"}""", "200")]
    [InlineData("""{"id":"a","type":"Elsa.FlowSendHttpRequest","expectedStatusCodes":{"expression":{"type":"Object","value":"[404]"}}}""", "404")]
    [InlineData("""{"id":"a","type":"Elsa.HttpEndpoint","exposeFileTooLargeOutcome":true}""", "File too large")]
    public void Ports_that_an_activitys_own_properties_name_are_ports(string activity, string port) =>
        Check($$"""{"start":"a","activities":[{{activity}},{"id":"b","type":"Elsa.WriteLine"}],"connections":[{"source":{"activity":"a","port":"{{port}}"},"target":{"activity":"b"} }]}""").ShouldBeEmpty();

    [Fact]
    public void The_same_id_twice_is_a_mistake() =>
        Check("""{"type":"Elsa.Sequence","activities":[{"id":"a","type":"Elsa.WriteLine"},{"id":"a","type":"Elsa.WriteLine"}]}""").ShouldHaveSingleItem().Message.ShouldContain("2 activities have this id");

    [Theory]
    [InlineData("[]", "is a JSON object")]
    [InlineData("{}", "has no 'root'")]
    [InlineData("""{"root":"x"}""", "has no 'root'")]
    [InlineData("""{"root":{"id":"x"}}""", "names no type")]
    public void What_is_no_definition_is_said_to_be_none(string json, string message)
    {
        using var engine = new InMemoryEngine();
        engine.Services.GetRequiredService<DefinitionValidator>().Check(JsonElement.Parse(json)).ShouldHaveSingleItem().Message.ShouldContain(message);
    }

    // Flags beside the custom properties, inputs that carry memory references, connections as names and ports: as the first designers of version 3 wrote them.
    [Fact]
    public async Task A_definition_in_the_older_form_is_sound_and_runs()
    {
        const string older = """
            {"id":"1","definitionId":"older","name":"Older","version":1,"variables":[{"id":"c1","name":"Counter","typeName":"Int32","isArray":false,"value":"0","storageDriverTypeName":"Elsa.Workflows.Services.WorkflowStorageDriver, Elsa.Workflows.Core"}],
            "metadata":{},"isLatest":true,"isPublished":true,"root":{"type":"Elsa.Flowchart","version":1,"id":"Flowchart1","metadata":{},"applicationProperties":{"NotFoundConnectionsKey":[]},"start":"Start1","activities":[
              {"id":"Start1","type":"Elsa.Start","version":1,"canStartWorkflow":false,"runAsynchronously":false,"customProperties":{},"source":null,"line":null,"metadata":{}},
              {"id":"Up1","type":"Elsa.SetVariable","version":1,"canStartWorkflow":false,"variable":{"id":"c1","name":"Counter","typeName":"Int32","value":"0"},
               "value":{"typeName":"Object","expression":{"type":"JavaScript","value":"getCounter() + 1"},"memoryReference":{"id":"Up1:input-1"}}},
              {"id":"Twice1","type":"Elsa.FlowDecision","version":1,"condition":{"typeName":"Boolean","expression":{"type":"JavaScript","value":"getCounter() > 1"},"memoryReference":{"id":"Twice1:input-1"}}},
              {"id":"Say1","type":"Elsa.WriteLine","version":1,"text":{"typeName":"String","expression":{"type":"Literal","value":"again"},"memoryReference":{"id":"Say1:input-1"}}},
              {"id":"Say2","type":"Elsa.WriteLine","version":1,"text":{"typeName":"String","expression":{"type":"Literal","value":"done"},"memoryReference":{"id":"Say2:input-1"}}}],
            "connections":[{"source":"Start1","target":"Up1","sourcePort":"Done","targetPort":"In"},{"source":"Up1","target":"Twice1","sourcePort":"Done","targetPort":"In"},
              {"source":"Twice1","target":"Say1","sourcePort":"False","targetPort":"In"},{"source":"Twice1","target":"Say2","sourcePort":"True","targetPort":"In"},{"source":"Say1","target":"Up1","sourcePort":"Done","targetPort":"In"}]}}
            """;
        (await RunAsync("older", older)).ShouldBe("again\ndone");
    }

    // As short as documentation shows them: no versions, no positions, nothing that is empty.
    [Fact]
    public async Task A_definition_that_says_only_what_it_must_is_sound_and_runs()
    {
        const string brief = """
            {"definitionId":"brief","name":"Brief","version":1,"root":{"id":"Flowchart1","type":"Elsa.Flowchart","activities":[{"id":"Say1","type":"Elsa.WriteLine","text":{"typeName":"String","expression":{"type":"Literal","value":"hello"}}}]}}
            """;
        (await RunAsync("brief", brief)).ShouldBe("hello");
    }

    // Types by their .NET names, arrays as String[], explicit nulls, and the schema's address: as exports of 3.0 to 3.2 have them.
    [Fact]
    public async Task An_export_of_an_early_server_is_sound_and_runs()
    {
        const string export = """
            {"$schema":"https://elsaworkflows.io/schemas/workflow-definition/v3.0.0/schema.json","id":"a1","definitionId":"export","name":"Export","createdAt":"2024-04-20T17:14:34.118307+00:00","version":2,"toolVersion":"3.2.0.0",
            "variables":[],"inputs":[],"outputs":[],"outcomes":[],"customProperties":{"Elsa:WorkflowContextProviderTypes":[]},"isReadonly":false,"isSystem":false,"isLatest":true,"isPublished":true,"options":{"autoUpdateConsumingWorkflows":false},
            "root":{"type":"Elsa.Flowchart","version":1,"id":"f1","nodeId":"Workflow1:f1","metadata":{},"customProperties":{"source":"x.cs:45","notFoundConnections":[],"canStartWorkflow":false,"runAsynchronously":false},"activities":[
              {"id":"h1","nodeId":"Workflow1:f1:h1","name":"HttpEndpoint1","type":"Elsa.HttpEndpoint","version":1,"customProperties":{"canStartWorkflow":false},"metadata":{},"path":{"typeName":"String","expression":{"type":"Literal","value":"x"}},
               "supportedMethods":{"typeName":"String[]","expression":{"type":"Object","value":"[\u0022GET\u0022]"}},"policy":{"typeName":"String","expression":{"type":"Literal"}},"requestTimeout":null,"allowedMimeTypes":null,"parsedContent":null,"result":null},
              {"id":"w0","name":"WriteLine1","type":"Elsa.WriteLine","version":1,"text":{"typeName":"String","expression":{"type":"Literal","value":"first"}}},
              {"id":"w1","name":"WriteHttpResponse1","type":"Elsa.WriteHttpResponse","version":1,"statusCode":{"typeName":"System.Net.HttpStatusCode, System.Net.Primitives","expression":{"type":"Literal","value":"OK"}},
               "content":{"typeName":"Object","expression":{"type":"Literal","value":"Hello"}},"contentType":null,"responseHeaders":{"typeName":"Elsa.Http.Models.HttpHeaders, Elsa.Http","expression":{"type":"Literal","value":"{}"}}}],
            "connections":[{"source":{"activity":"w0","port":"Done"},"target":{"activity":"h1","port":"In"}},{"source":{"activity":"h1","port":"Done"},"target":{"activity":"w1","port":"In"}}]}}
            """;
        (await RunAsync("export", export)).ShouldBe("first");
    }

    private static async Task<string> RunAsync(string id, string json)
    {
        using var engine = new InMemoryEngine();
        engine.Services.GetRequiredService<DefinitionValidator>().Check(JsonElement.Parse(json)).ShouldBeEmpty();
        engine.Define(json);
        await engine.StartAsync(id);
        return engine.Output.ToString().Trim().ReplaceLineEndings("\n");
    }

    private static IReadOnlyList<DefinitionMistake> Check(string root)
    {
        var json = System.Text.Json.Nodes.JsonNode.Parse(root)!.AsObject();
        json["id"] ??= "f";
        json["type"] ??= json.ContainsKey("connections") ? "Elsa.Flowchart" : "Elsa.Sequence";
        using var engine = new InMemoryEngine();
        return engine.Services.GetRequiredService<DefinitionValidator>().Check(JsonElement.Parse($$"""{"definitionId":"d","variables":[{"id":"v1","name":"Order","typeName":"Object"}],"root":{{json.ToJsonString()}} }"""));
    }
}
