using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AgentOS.Engine.Tests.Runtime;

namespace AgentOS.Engine.Tests.Api;

/// <summary>A server on which whatever a recording speaks of is there: definitions, instances, executions. Recorded ids are put in place of by those here.</summary>
public sealed partial class RecordedWorld : IAsyncLifetime
{
    private readonly EngineNodeFixture _node = new();
    private readonly RecordedThings _things = new();
    private readonly Dictionary<string, string> _instances = [];

    public HttpClient Http => _node.Node.Http;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        foreach (var definition in _things.Models.Keys) await EnsureAsync(definition);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    /// <summary>Makes what the answer to a request was about: the instance in the state in which it was, the definition that it deletes, the workflow that has its path.</summary>
    public async Task PrepareAsync(RecordedRequest recorded)
    {
        if (recorded.Method == "GET" && recorded.Response is JsonObject instance && _things.Instances.ContainsKey((string?)instance["id"] ?? "") && instance["subStatus"] is { } wanted) await BringAsync((string)instance["id"]!, (string)wanted!, (string?)instance["workflowState"]?["bookmarks"]?.AsArray().FirstOrDefault()?["activityId"]);
        var last = recorded.Path[(recorded.Path.LastIndexOf('/') + 1)..];
        if (recorded is { Method: "DELETE", Status: 204 } && recorded.Path.Contains("/workflow-definitions/", StringComparison.Ordinal) && !_things.Models.ContainsKey(last) && (await VersionsAsync(last)).Count == 0)
            await SaveAsync(new() { ["definitionId"] = last, ["name"] = last, ["root"] = new JsonObject { ["id"] = "Nothing", ["type"] = "Elsa.Sequence" } }, publish: true);
        if (recorded.Status != 400 || (recorded.Body as JsonObject)?["model"] is not JsonObject taken) return;
        var rival = taken.DeepClone().AsObject();
        rival["definitionId"] = "rival";
        using var first = await Http.PostAsJsonAsync("elsa/api/workflow-definitions", new JsonObject { ["model"] = rival, ["publish"] = true });
    }

    // On by what it waits for, or from the start.
    private async Task BringAsync(string recorded, string wanted, string? waitsAt)
    {
        var end = DateTime.UtcNow + TimeSpan.FromSeconds(20);
        for (var id = await InstanceAsync(recorded); id is not null && DateTime.UtcNow < end; await Task.Delay(50))
        {
            var instance = (await Http.GetFromJsonAsync<JsonObject>($"elsa/api/workflow-instances/{id}"))!;
            var bookmarks = instance["workflowState"]!["bookmarks"]!.AsArray();
            if ((string?)instance["subStatus"] == wanted && (waitsAt is null || bookmarks.Any(bookmark => (string?)bookmark!["activityId"] == waitsAt))) return;
            if ((string?)instance["status"] == "Finished")
            {
                _instances.Remove(recorded);
                id = await InstanceAsync(recorded);
                continue;
            }
            foreach (var bookmark in bookmarks)
            {
                if (bookmark!["payload"]?["eventName"] is { } name) using (await Http.PostAsJsonAsync($"elsa/api/events/{name}/trigger", new JsonObject { ["workflowInstanceId"] = id })) { }
                if (bookmark["payload"]?["taskId"] is { } task) using (await Http.PostAsJsonAsync($"elsa/api/tasks/{task}/complete", new JsonObject())) { }
            }
        }
    }

    /// <summary>The text of a request with the ids of this server, once all that it names is here.</summary>
    public async Task<string> TranslateAsync(string text)
    {
        foreach (var definition in _things.Models.Keys.Where(each => Regex.IsMatch(text, $@"(?<![\w-]){Regex.Escape(each)}(?![\w-])"))) await EnsureAsync(definition);
        foreach (var id in Ids().Matches(text).Select(match => match.Value).Distinct())
            if (await HereAsync(id) is { } here) text = text.Replace(id, here, StringComparison.Ordinal);
        return text;
    }

    private async Task<string?> HereAsync(string id)
    {
        if (_things.Versions.TryGetValue(id, out var version)) return await VersionAsync(version.Definition, version.Version);
        if (_things.Instances.ContainsKey(id)) return await InstanceAsync(id);
        return _things.Executions.TryGetValue(id, out var execution) ? await ExecutionAsync(execution.Instance, execution.Node) : null;
    }

    // Two published versions and a draft, so that there is something to go back to, and to delete.
    private async Task EnsureAsync(string definition)
    {
        var versions = await VersionsAsync(definition);
        if (versions.Count >= 3 && versions.Any(each => (bool)each["isPublished"]!)) return;
        var model = _things.Models[definition].DeepClone().AsObject();
        model.Remove("id");
        // What the recorded server asked of itself is asked of this one.
        model = JsonNode.Parse(model.ToJsonString().Replace("http://127.0.0.1:13000/health", $"{Http.BaseAddress}elsa/api/package/version", StringComparison.Ordinal))!.AsObject();
        foreach (var publish in (bool[])[true, true, false]) await SaveAsync(model, publish);
    }

    private async Task SaveAsync(JsonObject model, bool publish)
    {
        using var answer = await Http.PostAsJsonAsync("elsa/api/workflow-definitions", new JsonObject { ["model"] = model.DeepClone(), ["publish"] = publish });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    private async Task<string?> VersionAsync(string definition, int version)
    {
        if (!_things.Models.ContainsKey(definition)) return null;
        await EnsureAsync(definition);
        var rank = _things.Versions.Values.Where(each => each.Definition == definition && each.Version < version).Select(each => each.Version).Distinct().Count();
        var here = await VersionsAsync(definition);
        return (string?)here[Math.Min(rank, here.Count - 1)]["id"];
    }

    private async Task<List<JsonObject>> VersionsAsync(string definition) =>
        [.. (await Http.GetFromJsonAsync<JsonArray>($"elsa/api/workflow-definitions/{Uri.EscapeDataString(definition)}/versions"))!.OfType<JsonObject>().OrderBy(each => (int)each["version"]!)];

    private async Task<string?> InstanceAsync(string recorded)
    {
        var definition = _things.Instances[recorded];
        if (!_things.Models.ContainsKey(definition)) return null;
        if (_instances.TryGetValue(recorded, out var known))
        {
            using var found = await Http.GetAsync($"elsa/api/workflow-instances/{known}");
            if (found.IsSuccessStatusCode) return known;
        }
        await EnsureAsync(definition);
        using var started = await Http.PostAsJsonAsync($"elsa/api/workflow-definitions/{Uri.EscapeDataString(definition)}/execute", Start(definition));
        return _instances[recorded] = started.Headers.GetValues("x-elsa-workflow-instance-id").Single();
    }

    // The recorded instances of a workflow with several triggers began at this one.
    private JsonObject Start(string definition) => _things.Models[definition].ToJsonString().Contains("\"EventStart\"", StringComparison.Ordinal) ? new() { ["triggerActivityId"] = "EventStart" } : [];

    private async Task<string?> ExecutionAsync(string instance, string node)
    {
        if (!_things.Instances.ContainsKey(instance) || await InstanceAsync(instance) is not { } here) return null;
        var executions = await Http.GetFromJsonAsync<JsonObject>($"elsa/api/activity-executions/list?WorkflowInstanceId={here}&ActivityNodeId={Uri.EscapeDataString(node)}");
        return (string?)executions!["items"]!.AsArray().FirstOrDefault()?["id"];
    }

    [GeneratedRegex(@"\b[0-9a-f]{13,16}\b")]
    private static partial Regex Ids();
}
