using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentOS.Engine.Tests.Runtime;
using AgentOS.Engine.Tests.Semantics.Corpus;

namespace AgentOS.Engine.Tests.Api;

/// <summary>Recorded documents: what a definition holds comes back to the last member, and files leave as they came.</summary>
public sealed class RecordedDocumentTests(EngineNodeFixture engine) : IClassFixture<EngineNodeFixture>
{
    private static readonly string[] OfThisServer = ["id", "createdAt", "version", "toolVersion", "isPublished"];

    private HttpClient Http => engine.Node.Http;

    [Fact]
    public async Task Every_recorded_definition_comes_back_as_it_was_sent()
    {
        var models = new RecordedThings().Models;
        models.Count.ShouldBeGreaterThan(8);
        foreach (var (definition, model) in models)
        {
            model.Remove("id");
            await PostAsync("workflow-definitions", new JsonObject { ["model"] = model.DeepClone(), ["publish"] = false });
            var kept = await GetAsync($"workflow-definitions/by-definition-id/{Uri.EscapeDataString(definition)}");
            foreach (var part in (string[])["root", "variables", "inputs", "outputs", "outcomes", "customProperties", "options", "name", "description"])
                if (model[part] is { } sent) Difference.Between(sent, kept[part]).Where(each => !AddsNodeId(each)).ShouldBeEmpty($"{definition}.{part}");
        }
    }

    [Theory]
    [InlineData("exported-kitchen-sink")]
    [InlineData("exported-ui-workflow")]
    public async Task A_recorded_file_comes_in_and_leaves_the_same(string name)
    {
        var file = Read(name).AsObject();
        await PostAsync("workflow-definitions/import", file);

        var exported = await GetAsync($"workflow-definitions/{file["definitionId"]}/export?versionOptions=Latest");

        foreach (var own in OfThisServer)
        {
            exported[own]!.GetValueKind().ShouldBe(own == "isPublished" ? JsonValueKind.False : file[own]!.GetValueKind(), own);
            exported.Remove(own);
            file.Remove(own);
        }
        Difference.Between(file, exported).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_instance_leaves_as_a_file_of_the_recorded_shape_and_the_recorded_file_comes_in()
    {
        var recorded = Read("exported-instance");
        await PostAsync("workflow-definitions", new JsonObject
        {
            ["model"] = new JsonObject
            {
                ["definitionId"] = "asks", ["name"] = "Asks",
                ["root"] = JsonNode.Parse("""
                    {"id":"flow-a0001","type":"Elsa.Flowchart","version":1,
                      "activities":[{"id":"ProbeIf","type":"Elsa.If","version":1},{"id":"ProbeHttp","type":"Elsa.WriteLine","version":1},{"id":"ProbeTask","type":"Elsa.RunTask","version":1,
                        "taskName":{"typeName":"String","expression":{"type":"Literal","value":"ask-human"}},"payload":{"typeName":"Object","expression":{"type":"JavaScript","value":"({q: 1})"}}}],
                      "connections":[{"source":{"activity":"ProbeIf","port":"Done"},"target":{"activity":"ProbeHttp"}},{"source":{"activity":"ProbeHttp","port":"Done"},"target":{"activity":"ProbeTask"}}]}
                    """)
            },
            ["publish"] = true
        });
        var instance = (string)(await PostAsync("workflow-definitions/asks/execute", new JsonObject()))!["workflowState"]!["id"]!;
        var exported = await GetAsync($"workflow-instances/{instance}/export");
        RecordedShape.Differences(Element(Plain(recorded)!), Element(Plain(exported)!)).ShouldBeEmpty();

        using var form = new MultipartFormDataContent { { new StringContent(recorded.ToJsonString(), Encoding.UTF8, "application/json"), "file", "instance.json" } };
        using var answer = await Http.PostAsync("elsa/api/bulk-actions/import/workflow-instances", form);
        ((int)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["imported"]!).ShouldBe(1);
        var arrived = await GetAsync($"workflow-instances/{recorded["WorkflowState"]!["id"]}");
        ((string?)arrived["subStatus"]).ShouldBe("Suspended");
        ((string?)arrived["workflowState"]!["bookmarks"]![0]!["activityId"]).ShouldBe("ProbeTask");
    }

    internal static JsonNode Read(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Api", "Recordings", "Documents", name + ".json")))!;

    // Who sends a definition without them is told the ids on the way to each activity, as by Elsa.
    private static bool AddsNodeId(string difference) => difference.Contains(".nodeId: got ", StringComparison.Ordinal);

    // Elsa's files mark references, of which there are none, and its own types: a list is then a map of its values.
    private static JsonNode? Plain(JsonNode? node) => node switch
    {
        JsonObject map when map["$values"] is JsonArray list => Plain(list),
        JsonObject map => new JsonObject(map.Where(pair => pair.Key is not ("$id" or "_type")).Select(pair => KeyValuePair.Create(pair.Key, Plain(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Plain)]),
        _ => node?.DeepClone()
    };

    private static JsonElement Element(JsonNode node) => JsonElement.Parse(node.ToJsonString());

    private async Task<JsonObject> GetAsync(string address) => (await Http.GetFromJsonAsync<JsonObject>("elsa/api/" + address))!;

    private async Task<JsonObject?> PostAsync(string address, JsonObject body)
    {
        using var answer = await Http.PostAsJsonAsync("elsa/api/" + address, body);
        var said = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(said);
        return JsonNode.Parse(said) as JsonObject;
    }
}
