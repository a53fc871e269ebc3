using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentOS.Engine.Tests.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

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

    private EngineApplication _engine = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        var asked = 0;
        _engine = await EngineApplication.StartAsync(options => options.OutgoingHttp.Allowed = ["127.0.0.1"], application => application.MapGet("/busy", () => Results.StatusCode(++asked > 1 ? 200 : 503)));
        _http = _engine.Http;
        await PostAsync("workflow-definitions", Greeting);
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task Every_activity_is_shown_with_the_way_to_it_as_its_node_id()
    {
        var root = (await GetAsync("workflow-definitions/by-definition-id/greeting")).GetProperty("root");

        root.GetProperty("nodeId").GetString().ShouldBe("Workflow1:Flow");
        root.GetProperty("activities").EnumerateArray().Select(activity => activity.GetProperty("nodeId").GetString()).ShouldBe(["Workflow1:Flow:Hello", "Workflow1:Flow:Wait", "Workflow1:Flow:Boom"]);
    }

    [Fact]
    public async Task An_activity_that_is_a_workflow_opens_and_its_activities_are_called_in_the_designer_what_they_are_called_in_the_journal()
    {
        await PostAsync("workflow-definitions", """
            {"model":{"definitionId":"inner","name":"Inner","options":{"usableAsActivity":true},"root":{"id":"In","type":"Elsa.Flowchart","version":1,"connections":[],"activities":[
              {"id":"Deep","name":"Deep down","type":"Elsa.WriteLine","version":1,"text":{"typeName":"String","expression":{"type":"Literal","value":"deep"}}}]}},"publish":true}
            """);
        var outer = (await PostAsync("workflow-definitions", """
            {"model":{"definitionId":"outer","name":"Outer","root":{"id":"Out","type":"Elsa.Flowchart","version":1,"connections":[],"activities":[{"id":"Box","type":"Inner","version":1}]}},"publish":true}
            """)).GetProperty("workflowDefinition");
        var state = (await PostAsync("workflow-definitions/outer/execute", "{}")).GetProperty("workflowState");
        state.GetProperty("subStatus").GetString().ShouldBe("Finished");
        var ran = (await GetAsync($"activity-executions/list?WorkflowInstanceId={state.GetProperty("id").GetString()}")).GetProperty("items").EnumerateArray()
            .ToDictionary(record => record.GetProperty("activityId").GetString()!, record => record.GetProperty("activityNodeId").GetString()!);

        var box = outer.GetProperty("root").GetProperty("activities")[0];
        box.GetProperty("nodeId").GetString().ShouldBe(ran["Box"]);
        // Without all of these Studio does not know that it can be opened.
        (box.GetProperty("workflowDefinitionId").GetString(), box.GetProperty("latestAvailablePublishedVersion").GetInt32()).ShouldBe(("inner", 1));
        box.GetProperty("workflowDefinitionVersionId").GetString().ShouldBe(box.GetProperty("latestAvailablePublishedVersionId").GetString());
        var version = outer.GetProperty("id").GetString();
        var opened = (await GetAsync($"workflow-definitions/subgraph/{version}?parentNodeId={Uri.EscapeDataString(ran["Box"])}")).GetProperty("activity");
        opened.GetProperty("root").GetProperty("root").GetProperty("activities")[0].GetProperty("nodeId").GetString().ShouldBe(ran["Deep"]);
        var way = await GetAsync($"workflow-definitions/subgraph/segments/{version}?childNodeId={Uri.EscapeDataString(ran["Deep"])}");
        way.GetProperty("childNode").GetProperty("activity").GetProperty("id").GetString().ShouldBe("Deep");
        way.GetProperty("childNode").GetProperty("activity").GetProperty("name").GetString().ShouldBe("Deep down");
        var told = await PostAsync($"workflow-instances/{state.GetProperty("id").GetString()}/journal", """{"filter":{"activityIds":["Deep"]}}""");
        told.GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("activityName").GetString()).ShouldBe(["Deep down", "Deep down"]);
        var step = way.GetProperty("pathSegments").EnumerateArray().Single();
        (step.GetProperty("activityId").GetString(), step.GetProperty("portName").GetString()).ShouldBe(("Box", "Root"));
        (await _http.GetAsync(new Uri($"workflow-definitions/subgraph/{version}?parentNodeId={Uri.EscapeDataString(ran["Box"] + ":Nowhere")}", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        // What uses it keeps the version that it names, until it is told to follow.
        (await GetAsync("workflow-definitions/inner/consumers")).GetProperty("consumingWorkflowDefinitionIds").EnumerateArray().Select(id => id.GetString()).ShouldBe(["outer"]);
        using (var both = new ZipArchive(await _http.GetStreamAsync("workflow-definitions/inner/export?versionOptions=Latest&includeConsumingWorkflows=True"))) both.Entries.Count.ShouldBe(2);
        using (var one = await _http.GetAsync(new Uri("workflow-definitions/inner/export?versionOptions=Latest&includeConsumingWorkflows=False", UriKind.Relative))) one.Content.Headers.ContentDisposition!.FileName!.ShouldEndWith(".json");
        var second = await PostAsync("workflow-definitions", """
            {"model":{"definitionId":"inner","name":"Inner","options":{"usableAsActivity":true},"root":{"id":"Other","type":"Elsa.Sequence","version":1,"activities":[]}},"publish":true}
            """);
        second.GetProperty("consumingWorkflowCount").GetInt32().ShouldBe(1);
        (await GetAsync("workflow-definitions/by-definition-id/outer")).GetProperty("root").GetProperty("activities")[0].GetProperty("version").GetInt32().ShouldBe(1);
        (await PostAsync("workflow-definitions/inner/update-references", "{}")).GetProperty("affectedWorkflows").EnumerateArray().Select(id => id.GetString()).ShouldBe(["outer"]);
        var followed = await GetAsync("workflow-definitions/by-definition-id/outer?versionOptions=Published");
        var activity = followed.GetProperty("root").GetProperty("activities")[0];
        (followed.GetProperty("version").GetInt32(), activity.GetProperty("version").GetInt32(), activity.GetProperty("workflowDefinitionVersionId").GetString())
            .ShouldBe((2, 2, second.GetProperty("workflowDefinition").GetProperty("id").GetString()));
        (await PostAsync("workflow-definitions/inner/update-references", "{}")).GetProperty("affectedWorkflows").GetArrayLength().ShouldBe(0);

        // One whose options say so is followed at once.
        await PostAsync("workflow-definitions", """
            {"model":{"definitionId":"inner","name":"Inner","options":{"usableAsActivity":true,"autoUpdateConsumingWorkflows":true},"root":{"id":"Other","type":"Elsa.Sequence","version":1,"activities":[]}},"publish":false}
            """);
        (await PostAsync("bulk-actions/publish/workflow-definitions/by-definition-ids", """{"definitionIds":["inner"]}""")).GetProperty("updatedConsumers").EnumerateArray().Select(id => id.GetString()).ShouldBe(["outer"]);
        (await GetAsync("workflow-definitions/by-definition-id/outer?versionOptions=Published")).GetProperty("root").GetProperty("activities")[0].GetProperty("version").GetInt32().ShouldBe(3);
    }

    [Fact]
    public async Task What_ran_inside_a_container_and_inside_a_workflow_is_counted_and_told_by_its_own_node()
    {
        await PostAsync("workflow-definitions", """
            {"model":{"definitionId":"inner","name":"Inner","options":{"usableAsActivity":true},"root":{"id":"In","type":"Elsa.Sequence","version":1,"activities":[
              {"id":"Deep","type":"Elsa.WriteLine","version":1,"text":{"typeName":"String","expression":{"type":"Literal","value":"deep"}}}]}},"publish":true}
            """);
        await PostAsync("workflow-definitions", """
            {"model":{"definitionId":"outer","name":"Outer","root":{"id":"Out","type":"Elsa.Flowchart","version":1,"activities":[
              {"id":"Steps","type":"Elsa.Sequence","version":1,"activities":[{"id":"Twice","type":"Elsa.For","version":1,"start":{"typeName":"Int32","expression":{"type":"Literal","value":1}},"end":{"typeName":"Int32","expression":{"type":"Literal","value":2}},
                "body":{"id":"Line","type":"Elsa.WriteLine","version":1,"text":{"typeName":"String","expression":{"type":"Literal","value":"line"}}}}]},
              {"id":"Box","type":"Inner","version":1},{"id":"Boom","type":"Elsa.Fault","version":1}],
              "connections":[{"source":{"activity":"Steps","port":"Done"},"target":{"activity":"Box","port":"In"}},{"source":{"activity":"Box","port":"Done"},"target":{"activity":"Boom","port":"In"}}]}},"publish":true}
            """);
        using var run = await _http.PostAsync(new Uri("workflow-definitions/outer/execute", UriKind.Relative), Body("{}"));
        var instance = run.Headers.GetValues("x-elsa-workflow-instance-id").Single();
        var root = (await GetAsync($"activity-executions/list?WorkflowInstanceId={instance}")).GetProperty("items").EnumerateArray().Single(item => item.GetProperty("activityId").GetString() == "Out").GetProperty("activityNodeId").GetString()!;
        string[] nodes = [root, $"{root}:Steps", $"{root}:Steps:Twice", $"{root}:Steps:Twice:Line", $"{root}:Box", $"{root}:Box:Workflow1", $"{root}:Box:Workflow1:In", $"{root}:Box:Workflow1:In:Deep", $"{root}:Boom"];

        var stats = (await PostAsync("activity-executions/report", System.Text.Json.JsonSerializer.Serialize(new { workflowInstanceId = instance, activityNodeIds = nodes }))).GetProperty("stats").EnumerateArray()
            .ToDictionary(one => one.GetProperty("activityNodeId").GetString()!, one => $"{one.GetProperty("startedCount")} {one.GetProperty("completedCount")} {one.GetProperty("isFaulted")} {one.GetProperty("aggregateFaultCount")}");
        nodes.Select(node => stats[node]).ShouldBe(["1 0 False 1", "1 1 False 0", "1 1 False 0", "2 2 False 0", "1 1 False 0", "1 1 False 0", "1 1 False 0", "1 1 False 0", "1 0 True 1"]);
        foreach (var node in nodes)
        {
            var told = (await PostAsync($"workflow-instances/{instance}/journal?skip=0&take=100", System.Text.Json.JsonSerializer.Serialize(new { filter = new { activityNodeIds = new[] { node } } }))).GetProperty("items").EnumerateArray().ToList();
            told.Count(entry => entry.GetProperty("eventName").GetString() == "Started").ToString(System.Globalization.CultureInfo.InvariantCulture).ShouldBe(stats[node][..1], node);
            told.Select(entry => entry.GetProperty("activityId").GetString()).Distinct().ShouldBe([node.Split(':')[^1]]);
            (await GetAsync($"activity-execution-summaries/list?WorkflowInstanceId={instance}&ActivityNodeId={Uri.EscapeDataString(node)}")).GetProperty("count").GetInt32().ToString(System.Globalization.CultureInfo.InvariantCulture).ShouldBe(stats[node][..1]);
        }
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("Größe/日本 50%?&#")]
    [InlineData("a%2Fb")]
    [InlineData("a%2Fb/c")]
    public async Task A_definition_may_have_any_id_that_an_address_can_carry(string id)
    {
        var model = Greeting.Replace("\"greeting\"", System.Text.Json.JsonSerializer.Serialize(id), StringComparison.Ordinal);
        await PostAsync("workflow-definitions", model);
        await PostAsync("workflow-definitions", model);
        var address = $"workflow-definitions/{Uri.EscapeDataString(id)}";

        (await GetAsync($"workflow-definitions/by-definition-id/{Uri.EscapeDataString(id)}")).GetProperty("definitionId").GetString().ShouldBe(id);
        (await GetAsync($"{address}/versions")).GetArrayLength().ShouldBe(2);
        (await PostAsync($"{address}/execute", "{}")).GetProperty("workflowState").GetProperty("definitionId").GetString().ShouldBe(id);
        using (var exported = await _http.GetAsync(new Uri($"{address}/export?versionOptions=Latest", UriKind.Relative))) exported.StatusCode.ShouldBe(HttpStatusCode.OK);
        using (var reverted = await _http.PostAsync(new Uri($"{address}/revert/01", UriKind.Relative), Body("{}")))
        {
            reverted.StatusCode.ShouldBe(HttpStatusCode.Created);
            var made = JsonElement.Parse(await _http.GetStringAsync(new Uri(_http.BaseAddress!, reverted.Headers.Location!)));
            (made.GetProperty("definitionId").GetString(), made.GetProperty("version").GetInt32()).ShouldBe((id, 3));
        }
        (await _http.DeleteAsync(new Uri(address, UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await _http.GetAsync(new Uri($"workflow-definitions/by-definition-id/{Uri.EscapeDataString(id)}", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await GetAsync("workflow-definitions/by-definition-id/greeting")).GetProperty("version").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task What_an_activity_tried_in_vain_is_shown_with_its_execution()
    {
        await PostAsync("workflow-definitions", $$$"""
            {"model":{"definitionId":"tries","name":"Tries","root":{"id":"Steps","type":"Elsa.Sequence","version":1,"activities":[
              {"id":"Ask","type":"Elsa.SendHttpRequest","version":1,"enableResiliency":{"typeName":"Boolean","expression":{"type":"Literal","value":"True"}},
                "url":{"typeName":"Uri","expression":{"type":"Literal","value":"{{{new Uri(_http.BaseAddress!, "/busy")}}}"} } }]}},"publish":true}
            """);
        var instance = (await PostAsync("workflow-definitions/tries/execute", "{}")).GetProperty("workflowState").GetProperty("id").GetString();
        var summary = (await GetAsync($"activity-execution-summaries/list?WorkflowInstanceId={instance}&ActivityNodeId=Workflow1:Steps:Ask")).GetProperty("items")[0];
        summary.GetProperty("metadata").GetProperty("HasRetryAttempts").GetBoolean().ShouldBeTrue();

        var retries = await GetAsync($"resilience/retries/{summary.GetProperty("id").GetString()}");
        retries.GetProperty("totalCount").GetInt32().ShouldBe(1);
        var retry = retries.GetProperty("items")[0];
        (retry.GetProperty("activityInstanceId").GetString(), retry.GetProperty("activityId").GetString(), retry.GetProperty("workflowInstanceId").GetString(), retry.GetProperty("attemptNumber").GetInt32(), retry.GetProperty("retryDelay").GetString())
            .ShouldBe((summary.GetProperty("id").GetString(), "Ask", instance, 0, "00:00:01"));
        retry.GetProperty("details").GetProperty("StatusCode").GetString().ShouldBe("503");
        (await GetAsync($"resilience/retries/{summary.GetProperty("id").GetString()}?skip=1&take=-5")).GetProperty("items").GetArrayLength().ShouldBe(0);

        // The badge is drawn on the activity and on what it is in.
        var stats = (await PostAsync("activity-executions/report", $$$"""{"workflowInstanceId":"{{{instance}}}","activityNodeIds":["Workflow1:Steps","Workflow1:Steps:Ask"]}""")).GetProperty("stats");
        stats.EnumerateArray().Select(one => one.GetProperty("metadata").GetProperty("HasRetryAttempts").GetBoolean()).ShouldBe([true, true]);
        (await GetAsync("features/installed/Elsa.Resilience")).GetProperty("name").GetString().ShouldBe("Resilience");
    }

    [Fact]
    public async Task The_ways_to_try_again_are_offered_where_an_activity_can()
    {
        var strategies = (await GetAsync("resilience/strategies?category=HTTP")).GetProperty("items").EnumerateArray().ToList();
        strategies.Select(each => each.GetProperty("id").GetString()).ShouldBe(["http-default", "http-patient", "http-steady"]);
        strategies[0].ToString().ShouldBe("""{"$type":"HttpResilienceStrategy","id":"http-default","displayName":"A few times: three more attempts, after 1, 2 and 4 seconds","maxRetryAttempts":3,"useJitter":false,"delay":"00:00:01","backoffType":2}""");
        (await GetAsync("descriptors/activities/Elsa.SendHttpRequest")).GetProperty("customProperties").GetProperty("ResilienceCategory").GetString().ShouldBe("HTTP");
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
