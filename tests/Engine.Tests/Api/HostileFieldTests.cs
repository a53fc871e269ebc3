using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentOS.Engine.Tests.Runtime;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Engine.Tests.Api;

/// <summary>Every endpoint, with what no caller should send in every place of a request: an answer, or a mistake that is told in Elsa's form, never a failure of the server.</summary>
public sealed class HostileFieldTests : IAsyncLifetime
{
    private const string Anywhere = "nobody";
    private const string Import = "/workflow-definitions/import";

    // What another endpoint reads by the same code is sent a part of it.
    private const int OfTheSame = 5;

    // As they stand in an address.
    private static readonly string[] Ids = [Anywhere, "a%2Fb", "..%2F..", "%25", "%27%3B--", "%E6%97%A5%E6%9C%AC", "%ED%A0%80", "-1", new('x', 3000)];

    private static readonly string[] QueryValues = ["-1", "0", "2147483647", "99999999999999999999", "NaN", "x%00y", "%25_%5C%27", "%ED%A0%80", "%22", new('y', 5000)];

    private static readonly string[] QueryNames =
    [
        "page", "pageSize", "skip", "take", "versionOptions", "orderBy", "orderDirection", "searchTerm", "name", "definitionId", "definitionIds", "ids", "isSystem", "hasIncidents", "status", "statuses", "subStatus",
        "version", "refresh", "category", "parentNodeId", "childNodeId", "includeConsumingWorkflows", "includeCrossWorkflowChain", "id", "workflowInstanceId", "activityNodeId", "completed", "correlationId", "triggerActivityId",
    ];

    // As they stand in JSON: of every kind, and of each what a program stumbles over.
    private static readonly string[] Values =
        ["null", "true", "-1", "99999999999", "1e400", "\"\"", "\"x\\u0000y\"", "\"\\ud800\"", "\"%_\\\\'\"", "[]", "[[null]]", "[\"\\ud800\"]", "{}", "{\"a\\u0000\":[{}]}", "{\"\\ud800\":1}", $"\"{Long}\"", Deep(100)];

    private static readonly string[] Bodies = ["", "null", "7", "[]", "{", "\"x\"", "{\"a\":", "{} {}", "\u0000", Deep(300), "{\"\\ud800\":1}"];

    // What an endpoint reads, each property of which is replaced in its turn; one without a body here is only sent the bodies above.
    private static readonly Dictionary<string, string> Read = new()
    {
        ["/workflow-definitions"] = $$"""{"model":{{Model}},"publish":true}""",
        [Import] = Model,
        ["/workflow-definitions/{definitionId}/execute"] = """{"correlationId":"c","input":{"a":1},"variables":{"a":1},"triggerActivityId":"t","versionOptions":"Latest"}""",
        ["/workflow-definitions/{definitionId}/dispatch"] = """{"instanceId":"i","correlationId":"c","input":{"a":1},"triggerActivityId":"t","versionOptions":"Latest"}""",
        ["/workflow-definitions/{definitionId}/bulk-dispatch"] = """{"count":1,"correlationId":"c","input":{"a":1},"triggerActivityId":"t","versionOptions":"Latest"}""",
        ["/workflow-instances"] = """
            {"page":0,"pageSize":5,"ids":["a"],"definitionId":"d","definitionIds":["a"],"correlationId":"c","searchTerm":"s","name":"n","version":1,"hasIncidents":true,"isSystem":false,"status":"Running","statuses":["Running"],
             "subStatus":"Finished","subStatuses":["Suspended"],"timestampFilters":[{"column":"CreatedAt","operator":"Is","timestamp":"2026-01-01T00:00:00Z"}],"orderBy":"Created","orderDirection":"Ascending"}
            """,
        ["/workflow-instances/{id}/journal"] = """{"filter":{"activityIds":["a"],"activityNodeIds":["a"],"excludedActivityTypes":["a"],"eventNames":["a"]}}""",
        ["/workflow-instances/{id}/variables"] = """{"variables":[{"id":"v","value":1}]}""",
        ["/activity-executions/report"] = """{"workflowInstanceId":"i","activityNodeIds":["a"]}""",
        ["/alterations/workflows/retry"] = """{"workflowInstanceIds":["i"],"activityIds":["a"]}""",
        ["/events/{eventName}/trigger"] = """{"correlationId":"c","workflowInstanceId":"i","activityInstanceId":"a","input":{"a":1},"workflowExecutionMode":"Synchronous"}""",
        ["/tasks/{taskId}/complete"] = """{"result":{"a":1}}""",
        ["/tests/activities"] = """{"workflowDefinitionHandle":{"definitionId":"real","definitionVersionId":"","versionOptions":"Latest"},"activityHandle":{"activityNodeId":"Workflow1:f:say","activityId":"say"}}""",
        ["/actions/workflow-definitions/refresh"] = """{"definitionIds":["a"]}""",
        ["/bulk-actions/delete/workflow-instances"] = """{"ids":["a"],"workflowDefinitionId":"d","workflowDefinitionIds":["a"]}""",
        ["/bulk-actions/delete/workflow-instances/by-id"] = """{"ids":["a"]}""",
        ["/bulk-actions/cancel/workflow-instances"] = """{"ids":["a"],"definitionVersionId":"v","definitionId":"d","versionOptions":"Latest"}""",
        ["/bulk-actions/delete/workflow-definitions/by-definition-id"] = """{"definitionIds":["a"]}""",
        ["/bulk-actions/delete/workflow-definitions/by-id"] = """{"ids":["a"]}""",
        ["/bulk-actions/publish/workflow-definitions/by-definition-ids"] = """{"definitionIds":["a"]}""",
        ["/bulk-actions/retract/workflow-definitions/by-definition-ids"] = """{"definitionIds":["a"]}""",
        ["/bulk-actions/export/workflow-definitions"] = """{"ids":["a"],"includeConsumingWorkflows":true}""",
        ["/bulk-actions/export/workflow-instances"] = """{"ids":["a"]}""",
        ["/descriptors/activities/{typeName}/options/{property}"] = """{"context":{"a":1}}""",
    };

    private const string Model = """
        {"definitionId":"changed","name":"n","description":"d","toolVersion":"3.8.0","isReadonly":false,"isSystem":false,"customProperties":{"a":1},
         "variables":[{"id":"v","name":"V","typeName":"String","value":"x","isArray":false,"storageDriverTypeName":"Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core"}],
         "inputs":[{"name":"I","type":"String","uiHint":"singleline"}],"outputs":[{"name":"O","type":"String"}],"outcomes":["Done"],
         "options":{"usableAsActivity":false,"activationStrategyType":null,"incidentStrategyType":null,"commitStrategyName":null,"autoUpdateConsumingWorkflows":false},
         "root":{"id":"f","type":"Elsa.Flowchart","version":1,"metadata":{},"customProperties":{"canStartWorkflow":false},
          "activities":[{"id":"say","name":"say","type":"Elsa.SetName","version":1,"value":{"typeName":"String","expression":{"type":"Literal","value":"x"}}},{"id":"end","type":"Elsa.Finish","version":1}],
          "connections":[{"source":{"activity":"say","port":"Done"},"target":{"activity":"end","port":"In"}}]}}
        """;

    private EngineApplication _engine = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        _engine = await EngineApplication.StartAsync();
        _http = _engine.Http;
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task No_request_makes_the_server_fail()
    {
        using (var saved = await _http.PostAsync(new Uri("workflow-definitions", UriKind.Relative), Json($$"""{"model":{{Model.Replace("\"changed\"", "\"real\"", StringComparison.Ordinal)}},"publish":true}"""))) saved.StatusCode.ShouldBe(HttpStatusCode.OK);
        var endpoints = _engine.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(each => each.RoutePattern.RawText!.StartsWith("/elsa/api", StringComparison.Ordinal))
            .SelectMany(each => each.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => (Method: method, Route: each.RoutePattern.RawText!["/elsa/api".Length..]))).ToList();
        var failures = new ConcurrentBag<string>();
        endpoints.Count.ShouldBeGreaterThan(60);
        Read.Keys.Except(endpoints.Where(each => each.Method == "POST").Select(each => each.Route)).ShouldBeEmpty();

        await Parallel.ForEachAsync(await FilesAsync(), new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (file, cancellation) =>
        {
            using var form = new MultipartFormDataContent { { Json(file.Content), "files", "a.json" } };
            using var answer = await _http.PostAsync(new Uri(file.Address[1..], UriKind.Relative), form, cancellation);
            if (await ProblemAsync(answer, cancellation) is { } problem) failures.Add($"\n{problem}: {file.Address} {Short(file.Content)}");
        });

        var count = 0;
        await Parallel.ForEachAsync(endpoints.SelectMany(each => Requests(each.Method, each.Route)), new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (request, cancellation) =>
        {
            Interlocked.Increment(ref count);
            using var message = new HttpRequestMessage(new(request.Method), new Uri(request.Address[1..], UriKind.Relative)) { Content = request.Body is null ? null : Json(request.Body) };
            using var answer = await _http.SendAsync(message, cancellation);
            if (await ProblemAsync(answer, cancellation) is { } problem) failures.Add($"\n{problem}: {request.Method} {Short(request.Address)} {Short(request.Body)}");
        });

        var many = JsonSerializer.Serialize(Enumerable.Range(0, 10_000).Select(number => $"{number}"));
        foreach (var route in Read.Keys.Where(route => route.StartsWith("/bulk-actions", StringComparison.Ordinal)))
        {
            using var answer = await _http.PostAsync(new Uri(route[1..], UriKind.Relative), Json($$"""{"ids":{{many}},"definitionIds":{{many}}}"""));
            if (await ProblemAsync(answer, default) is { } problem) failures.Add($"\n{problem}: many to {route}");
        }

        failures.GroupBy(failure => failure).Select(group => group.Key).Order(StringComparer.Ordinal).ShouldBeEmpty();
        count.ShouldBeGreaterThan(1000);
        (await _http.GetAsync(new Uri("workflow-definitions/by-definition-id/real", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    // Files that people take in, with each property replaced in its turn.
    private async Task<IEnumerable<(string Address, string Content)>> FilesAsync()
    {
        var waiting = Runtime.Definitions.Sequence("waits", Runtime.Definitions.Event("wait", "never"));
        using (await _http.PostAsync(new Uri("workflow-definitions", UriKind.Relative), Json(waiting))) { }
        using var run = await _http.PostAsync(new Uri("workflow-definitions/waits/execute", UriKind.Relative), Json("{}"));
        var instance = await _http.GetStringAsync(new Uri($"workflow-instances/{run.Headers.GetValues("x-elsa-workflow-instance-id").Single()}/export", UriKind.Relative));
        return Mutants(instance).Concat(Bodies).Select(content => ("/bulk-actions/import/workflow-instances", content)).Concat(Mutants(Model, OfTheSame).Concat(Bodies).Select(content => ("/workflow-definitions/import-files", content)));
    }

    private static IEnumerable<(string Method, string Address, string? Body)> Requests(string method, string route)
    {
        var any = Fill(route, method == "DELETE" ? Anywhere : "real");
        var body = method == "POST" ? Read.GetValueOrDefault(route, "{}") : null;
        foreach (var id in route.Contains('{', StringComparison.Ordinal) ? Ids : []) yield return (method, Fill(route, id), body);
        foreach (var value in QueryValues)
        {
            if (value.Length < 100) yield return (method, $"{any}?{string.Join('&', QueryNames.Select(name => $"{name}={value}"))}", body);
            if (method == "GET") foreach (var name in QueryNames.Take(5)) yield return (method, $"{any}?{name}={value}&pageSize=1000&take=1000&page=2147483647", null);
        }
        if (body is null) yield break;
        foreach (var text in Bodies) yield return (method, any, text);
        foreach (var mutant in Mutants(body, route == Import ? OfTheSame : 1)) yield return (method, any, mutant);
    }

    private static string Fill(string route, string id) => string.Join('/', route.Split('/').Select(part => part.StartsWith('{') ? part.EndsWith(":int}", StringComparison.Ordinal) ? "1" : id : part));

    // The body once for each of its properties and each of the values; of a large one, a part of these, another for each property.
    private static IEnumerable<string> Mutants(string body, int share = 1)
    {
        const string mark = "@here@";
        var all = JsonNode.Parse(body)!;
        var every = share * (1 + body.Length / 300);
        foreach (var (nth, place) in Places(all).ToList().Index())
        {
            var before = place.Parent[place.Name]?.DeepClone();
            place.Parent[place.Name] = mark;
            var text = all.ToJsonString();
            place.Parent[place.Name] = before;
            foreach (var value in Values.Where((_, number) => (number + nth) % every == 0)) yield return text.Replace($"\"{mark}\"", value, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<(JsonObject Parent, string Name)> Places(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(each => Places(each.Value).Prepend((map, each.Key))),
        JsonArray list => list.SelectMany(Places),
        _ => [],
    };

    private static async Task<string?> ProblemAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        var status = (int)answer.StatusCode;
        if (status < 400 || status is 404) return null;
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        // A run that faults is answered so by Elsa, with its state.
        if (status == 500 && text.StartsWith("{\"workflowState\"", StringComparison.Ordinal)) return null;
        if (status >= 500) return $"{status}";
        return answer.Content.Headers.ContentType?.MediaType == "application/problem+json" && JsonElement.Parse(text).GetProperty("errors").EnumerateObject().First().Value[0].GetString() is { Length: > 0 } ? null : $"{status} '{Short(text)}'";
    }

    // Nothing that a database could press together.
    private static string Long => string.Concat(Enumerable.Range(0, 500).Select(number => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(number)))));

    private static string Deep(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);

    private static string Short(string? text) => text is null ? "" : text.Length > 200 ? text[..100] + "…" + text[^100..] : text;

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
