using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentOS.Engine.Hosting;
using AgentOS.Engine.Tests.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentOS.Engine.Tests.Api;

/// <summary>What only Studio asks for.</summary>
public sealed class StudioEndpointTests : IAsyncLifetime
{
    private const string Greeting = """
        {"model":{"definitionId":"greeting","name":"Greeting / of <Ann>","variables":[{"id":"v1","name":"Person","typeName":"String","value":"Ann"},{"id":"v2","name":"not a name","typeName":"Int32"}],
          "customProperties":{"VariableTestValues":{"v1":"Bob"}},
          "root":{"id":"Flow","type":"Elsa.Flowchart","version":1,"activities":[
            {"id":"Hello","name":"Hello","type":"Elsa.WriteLine","version":1,"text":{"typeName":"String","expression":{"type":"JavaScript","value":"'Hello ' + getPerson()"}}},
            {"id":"Wait","name":"Wait","type":"Elsa.Event","version":1,"nodeId":"wrong","eventName":{"typeName":"String","expression":{"type":"Literal","value":"Go"}}},
            {"id":"Boom","name":"Boom","type":"Elsa.Fault","version":1,"message":{"typeName":"String","expression":{"type":"Literal","value":"It broke"}}}],
          "connections":[{"source":{"activity":"Hello","port":"Done"},"target":{"activity":"Wait","port":"In"}}]}},"publish":true}
        """;

    private readonly EngineDatabaseFixture _database = new();
    private WebApplication? _application;
    private HttpClient _http = new();

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddWorkflowEngine(options => options.ConnectionString = _database.ConnectionString);
        _application = builder.Build();
        _application.Urls.Add("http://127.0.0.1:0");
        _application.MapWorkflowEngineApi();
        await _application.StartAsync();
        _http = new() { BaseAddress = new(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/elsa/api/") };
        await PostAsync("workflow-definitions", Greeting);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_application is not null) await _application.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Every_activity_is_shown_with_the_way_to_it_as_its_node_id()
    {
        var root = (await GetAsync("workflow-definitions/by-definition-id/greeting")).GetProperty("root");

        root.GetProperty("nodeId").GetString().ShouldBe("Workflow1:Flow");
        root.GetProperty("activities").EnumerateArray().Select(activity => activity.GetProperty("nodeId").GetString()).ShouldBe(["Workflow1:Flow:Hello", "Workflow1:Flow:Wait", "Workflow1:Flow:Boom"]);
    }

    [Fact]
    public async Task A_definition_leaves_as_a_file_and_comes_back_the_same()
    {
        using var exported = await _http.GetAsync(new Uri("workflow-definitions/greeting/export?versionOptions=Latest", UriKind.Relative));
        var file = await exported.Content.ReadAsStringAsync();
        var version = (await GetAsync("workflow-definitions/by-definition-id/greeting")).GetProperty("id").GetString();

        exported.Content.Headers.ContentDisposition!.FileName.ShouldBe($"workflow-definition-greeting-of-ann-greeting-{version}.json");
        exported.Content.Headers.ContentType!.MediaType.ShouldBe("application/octet-stream");
        var imported = await PostAsync("workflow-definitions/import", file.Replace("\"greeting\"", "\"greeting2\"", StringComparison.Ordinal));
        imported.GetProperty("root").GetProperty("activities").GetArrayLength().ShouldBe(3);
        imported.GetProperty("definitionId").GetString().ShouldBe("greeting2");
    }

    [Fact]
    public async Task Several_definitions_leave_as_one_zip()
    {
        await PostAsync("workflow-definitions", Greeting.Replace("greeting", "other", StringComparison.Ordinal));
        var ids = (await GetAsync("workflow-definitions?versionOptions=Latest")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()).ToArray();

        using var response = await _http.PostAsJsonAsync("bulk-actions/export/workflow-definitions", new { ids });
        using var zip = new ZipArchive(await response.Content.ReadAsStreamAsync());

        response.Content.Headers.ContentDisposition!.FileName.ShouldBe("workflow-definitions.zip");
        zip.Entries.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("Hello", "Completed", "Hello Bob")]
    [InlineData("Boom", "Faulted", "It broke")]
    [InlineData("Wait", "Running", "Go")]
    public async Task One_activity_is_tested_with_the_test_values_and_leaves_no_instance(string activity, string status, string said)
    {
        var result = await PostAsync("tests/activities", $$$"""{"workflowDefinitionHandle":{"definitionId":"greeting"},"activityHandle":{"activityNodeId":"Workflow1:Flow:{{{activity}}}"}}""");

        result.GetProperty("status").GetString().ShouldBe(status);
        result.ToString().ShouldContain(said);
        (await PostAsync("workflow-instances", "{}")).GetProperty("totalCount").GetInt32().ShouldBe(0);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"workflowDefinitionHandle":7,"activityHandle":[]}""")]
    [InlineData("""{"workflowDefinitionHandle":{"definitionId":"greeting"},"activityHandle":{}}""")]
    public async Task A_test_of_nothing_is_the_callers_mistake(string body)
    {
        using var response = await _http.PostAsync(new Uri("tests/activities", UriKind.Relative), Body(body));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_script_editor_learns_the_names_of_the_definition_and_no_code_of_it()
    {
        using var response = await _http.PostAsync(new Uri("scripting/javascript/type-definitions/greeting", UriKind.Relative), Body("{}"));
        var types = await response.Content.ReadAsStringAsync();

        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/x-typescript");
        types.ShouldContain("declare function getPerson(): string;");
        types.ShouldContain("\"not a name\": number;");
        types.ShouldContain("declare function getResultFromWait(): any;");
        types.ShouldNotContain("getNot a name");
    }

    [Fact]
    public async Task Whoever_watches_an_instance_is_told_when_it_goes_on()
    {
        var instance = (await PostAsync("workflow-definitions/greeting/execute", "{}")).GetProperty("workflowState").GetProperty("id").GetString()!;
        await using var hub = new HubConnectionBuilder().WithUrl(new Uri(_http.BaseAddress!, "/elsa/hubs/workflow-instance")).Build();
        var completed = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        hub.On<JsonElement>("ActivityExecutionLogUpdatedAsync", message =>
        {
            if (message.GetProperty("stats").EnumerateArray().FirstOrDefault(one => one.GetProperty("activityId").GetString() == "Wait") is { ValueKind: JsonValueKind.Object } wait && wait.GetProperty("completedCount").GetInt32() == 1) completed.TrySetResult(wait);
        });
        await hub.StartAsync();
        await hub.InvokeAsync("ObserveInstanceAsync", instance);

        await PostAsync("events/Go/trigger", "{}");

        var stats = await completed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        stats.GetProperty("activityNodeId").GetString().ShouldBe("Workflow1:Flow:Wait");
        stats.GetProperty("metadata").GetProperty("_type").GetString().ShouldBe("ObjectMap");
        stats.GetProperty("isBlocked").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task An_instance_that_does_not_exist_cannot_be_watched()
    {
        await using var hub = new HubConnectionBuilder().WithUrl(new Uri(_http.BaseAddress!, "/elsa/hubs/workflow-instance")).Build();
        await hub.StartAsync();

        (await Should.ThrowAsync<HubException>(hub.InvokeAsync("ObserveInstanceAsync", "nope"))).Message.ShouldContain("Access denied.");
    }

    private async Task<JsonElement> GetAsync(string address) => JsonElement.Parse(await _http.GetStringAsync(new Uri(address, UriKind.Relative)));

    private async Task<JsonElement> PostAsync(string address, string body)
    {
        using var response = await _http.PostAsync(new Uri(address, UriKind.Relative), Body(body));
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }

    private static StringContent Body(string body) => new(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
}
