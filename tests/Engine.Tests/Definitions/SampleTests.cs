using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using AgentOS.Engine.Tests.Runtime;

namespace AgentOS.Engine.Tests.Definitions;

/// <summary>Definitions in the forms in which documentation shows them, imported as they are, published and run.</summary>
public sealed class SampleTests(EngineNodeFixture engine) : IClassFixture<EngineNodeFixture>
{
    [Theory]
    [InlineData("short", null, "Hello from one line")]
    [InlineData("flowchart", null, "first|second of flowchart")]
    [InlineData("variables", null, "Ann pays 42")]
    [InlineData("loop", """{"Names":["Ann","Bob"]}""", "Dear Ann|Dear Bob|many")]
    [InlineData("order", null, "new|paying|paid")]
    public async Task A_sample_is_imported_unchanged_and_does_what_it_says(string name, string? input, string said)
    {
        await ImportAsync(name);
        var instance = await PostAsync($"workflow-definitions/{name}/execute", new JsonObject { ["input"] = input is null ? null : JsonNode.Parse(input) });
        var id = (string)instance["workflowState"]!["id"]!;
        if (name == "order") await PostAsync("events/OrderPaid/trigger", []);
        string lines;
        var end = DateTime.UtcNow + TimeSpan.FromSeconds(30);
        do lines = string.Join('|', await LinesAsync(id));
        while (lines.Split('|').Length < said.Split('|').Length && DateTime.UtcNow < end);
        lines.ShouldBe(said);
    }

    [Fact]
    public async Task A_sample_with_an_endpoint_answers_at_its_path()
    {
        await ImportAsync("http");
        (await engine.Node.Http.GetStringAsync("workflows/people/Ann")).ShouldBe("""{"hello":"Ann"}""");
    }

    private async Task ImportAsync(string name)
    {
        var file = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Definitions", "Samples", name + ".json"));
        using var imported = await engine.Node.Http.PostAsync("elsa/api/workflow-definitions/import", new StringContent(file, Encoding.UTF8, "application/json"));
        imported.IsSuccessStatusCode.ShouldBeTrue(await imported.Content.ReadAsStringAsync());
        ((bool)(await PostAsync($"workflow-definitions/{name}/publish", []))["workflowDefinition"]!["isPublished"]!).ShouldBeTrue();
    }

    private async Task<List<string>> LinesAsync(string instance) =>
        [.. (await engine.Node.Http.GetFromJsonAsync<JsonObject>($"elsa/api/activity-executions/list?WorkflowInstanceId={instance}"))!["items"]!.AsArray()
            .Where(record => (string?)record!["activityType"] == "Elsa.WriteLine" && (string?)record["status"] == "Completed").OrderBy(record => (DateTimeOffset)record!["startedAt"]!).Select(record => (string)record!["activityState"]!["Text"]!)];

    private async Task<JsonObject> PostAsync(string address, JsonObject body)
    {
        using var answer = await engine.Node.Http.PostAsJsonAsync("elsa/api/" + address, body);
        var said = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(said);
        return said.Length == 0 ? [] : JsonNode.Parse(said)!.AsObject();
    }
}
