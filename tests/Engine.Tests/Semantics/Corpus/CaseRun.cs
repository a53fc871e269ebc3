using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AgentOS.Engine.Tests.Semantics.Corpus;

/// <summary>Drives one case against a server, and says where what it did differs from what the case expects.</summary>
internal sealed partial class CaseRun(CaseServer server, CorpusCase @case, TimeSpan patience)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(60);

    private readonly Dictionary<string, string> _saved = [];
    private readonly Dictionary<string, string> _instances = [];

    private Normal Normal => new(_instances);

    public async Task<IReadOnlyList<string>> DifferencesAsync()
    {
        var definitions = new JsonArray();
        foreach (var definition in @case.Definitions) definitions.Add((await server.PostAsync("elsa/api/workflow-definitions", await FilledAsync(definition))).Status);
        var steps = new JsonArray();
        var observations = new JsonObject();
        foreach (var step in @case.Steps) steps.Add(await StepAsync(step, observations));
        observations["final"] = await ObserveAsync("final", @case.DefinitionIds);
        var got = new JsonObject { ["definitions"] = definitions, ["steps"] = Normal.Of(steps), ["observations"] = observations };
        var want = @case.Expect.DeepClone().AsObject();
        foreach (var (_, snapshot) in want["observations"]!.AsObject()) Arranged(snapshot!.AsObject());
        return Difference.Between(want, got);
    }

    /// <summary>Takes away what the case made, so that its timers do not go on beside other cases.</summary>
    public async Task CleanUpAsync()
    {
        foreach (var definition in @case.DefinitionIds)
        {
            await server.SendAsync("DELETE", "elsa/api/workflow-definitions/" + Uri.EscapeDataString(definition));
            await server.PostAsync("elsa/api/bulk-actions/delete/workflow-instances", new JsonObject { ["workflowDefinitionId"] = definition });
        }
    }

    private async Task<JsonNode> StepAsync(JsonNode step, JsonObject observations)
    {
        switch ((string?)step["op"])
        {
            // How long a case lets time pass is part of the case.
            case "sleep":
                await Task.Delay(TimeSpan.FromSeconds((double)step["seconds"]!));
                return new JsonObject();
            case "wait":
                return new JsonObject { ["reached"] = await ReachedAsync(step, () => InstancesReachedAsync(step)) };
            case "wait-journal":
                return new JsonObject { ["reached"] = await ReachedAsync(step, () => JournalReachedAsync(step)) };
            case "observe":
                var name = (string)step["as"]!;
                observations[name] = await ObserveAsync(name, step["definitions"]?.AsArray().Select(id => (string)id!).ToList() ?? @case.DefinitionIds);
                return new JsonObject();
            default:
                return await RequestAsync(step);
        }
    }

    private async Task<JsonNode> RequestAsync(JsonNode step)
    {
        var path = await FilledAsync((string)step["path"]!);
        var body = await FilledAsync(step["body"]);
        var headers = (await FilledAsync(step["headers"]))?.AsObject();
        var raw = (string?)step["rawBody"] is { } text ? await FilledAsync(text) : null;
        var until = await FilledAsync(step["until"]) as JsonArray;
        var end = DateTime.UtcNow + patience;
        while (true)
        {
            var content = raw is not null ? new StringContent(raw, new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-www-form-urlencoded")) : body is not null ? CaseServer.Json(body) : null;
            var answer = await server.SendAsync((string)step["method"]!, path.TrimStart('/'), content, headers);
            var saved = await SaveAsync(step["save"] as JsonObject, answer);
            var met = until is null || (CasePath.TryFind(answer.Json, (string)until[0]!, out var found) && JsonNode.DeepEquals(found, until[1]));
            if ((saved && met) || DateTime.UtcNow > end) return Said(step, answer);
            await Task.Delay(Pause);
        }
    }

    private async Task<bool> SaveAsync(JsonObject? save, CaseAnswer answer)
    {
        foreach (var (name, source) in save ?? [])
        {
            var from = (string)source!;
            var value = from.StartsWith("header:", StringComparison.Ordinal) ? answer.Header(from[7..]) : CasePath.TryFind(answer.Json, await FilledAsync(from[5..]), out var found) ? found?.ToString() : null;
            if (value is null) return false;
            _saved[name] = value;
        }
        return true;
    }

    private static JsonObject Said(JsonNode step, CaseAnswer answer)
    {
        var said = new JsonObject { ["status"] = answer.Status };
        if (answer.Header("x-elsa-workflow-cannot-start") == "True") said["cannotStart"] = true;
        if (step["expectHeaders"] is JsonArray { Count: > 0 } names) said["headers"] = new JsonObject(names.Select(name => KeyValuePair.Create((string)name!, (JsonNode?)answer.Header((string)name!))));
        if (step["pick"] is JsonArray { Count: > 0 } paths)
            said["pick"] = new JsonObject(paths.Select(path => KeyValuePair.Create((string)path!, CasePath.TryFind(answer.Json, (string)path!, out var found) ? found?.DeepClone() : "<absent>")));
        if ((string?)step["answer"] == "json") said["body"] = answer.Json;
        if ((string?)step["answer"] == "text") said["body"] = answer.Text;
        return said;
    }

    private async Task<bool> ReachedAsync(JsonNode step, Func<Task<bool>> look)
    {
        var end = DateTime.UtcNow + (step["timeout"] is { } seconds ? TimeSpan.FromSeconds((double)seconds) : patience);
        while (!await look())
        {
            if (DateTime.UtcNow > end) return false;
            await Task.Delay(Pause);
        }
        return true;
    }

    private async Task<bool> InstancesReachedAsync(JsonNode step)
    {
        IEnumerable<JsonObject> found = await InstancesAsync((string)step["definition"]!);
        if (step["index"] is { } index) found = found.Skip((int)index).Take(1);
        return found.Count(item => new[] { "status", "subStatus", "version" }.All(name => step[name] is null || JsonNode.DeepEquals(step[name], item[name]))) >= ((int?)step["count"] ?? 1);
    }

    private async Task<bool> JournalReachedAsync(JsonNode step)
    {
        if ((await InstancesAsync((string)step["definition"]!)).ElementAtOrDefault((int?)step["index"] ?? 0) is not { } instance) return false;
        return (await server.JournalAsync((string)instance["id"]!)).Count(entry => JsonNode.DeepEquals(entry["activityId"], step["activityId"]) && JsonNode.DeepEquals(entry["eventName"], step["eventName"])) >= ((int?)step["count"] ?? 1);
    }

    private async Task<List<JsonObject>> InstancesAsync(string definition)
    {
        var found = await server.InstancesAsync(definition);
        for (var i = 0; i < found.Count; i++) _instances[(string)found[i]["id"]!] = $"{definition}#{i + 1}";
        return found;
    }

    // Until it is what is expected: some of it happens behind the answer to the last step.
    private async Task<JsonObject> ObserveAsync(string name, IReadOnlyList<string> definitions)
    {
        var want = Arranged(@case.Expect["observations"]![name]!.DeepClone().AsObject());
        var end = DateTime.UtcNow + patience;
        while (true)
        {
            var got = Arranged(await LookAsync(definitions));
            if (DateTime.UtcNow > end || Difference.Between(want, got).Count == 0) return got;
            await Task.Delay(Pause);
        }
    }

    private async Task<JsonObject> LookAsync(IReadOnlyList<string> definitions)
    {
        var found = new List<(string Key, JsonObject Summary)>();
        foreach (var definition in definitions)
            found.AddRange((await InstancesAsync(definition)).Take(@case.FirstInstances ?? int.MaxValue).Select((item, index) => ($"{definition}#{index + 1}", item)));
        var result = new JsonObject();
        foreach (var (key, summary) in found)
        {
            var view = await InstanceView.ReadAsync(server, (string)summary["id"]!, Normal);
            foreach (var part in @case.Loose) Drop(view, part);
            result[key] = Normal.Of(view);
        }
        return result;
    }

    private static void Drop(JsonObject view, string part)
    {
        if (part is not ("state" or "outputs" or "outcomes") && !part.StartsWith("state.", StringComparison.Ordinal))
        {
            view.Remove(part);
            return;
        }
        foreach (var execution in view["executions"]?.AsArray().OfType<JsonObject>() ?? [])
            if (part.StartsWith("state.", StringComparison.Ordinal)) (execution["state"] as JsonObject)?.Remove(part[6..]);
            else execution.Remove(part);
    }

    // Where the order is chance, both sides are put into the same one.
    private JsonObject Arranged(JsonObject snapshot)
    {
        if (@case.Unordered)
            foreach (var view in snapshot.Select(each => each.Value).OfType<JsonObject>())
                foreach (var part in (string[])["journal", "executions"]) view[part] = new JsonArray([.. view[part]!.AsArray().Select(each => each!.DeepClone()).OrderBy(Canonical, StringComparer.Ordinal)]);
        if (!@case.UnorderedInstances) return snapshot;
        foreach (var group in snapshot.GroupBy(each => each.Key[..each.Key.LastIndexOf('#')]).Select(each => each.ToList()).ToList())
        {
            var sorted = group.Select(each => each.Value!.DeepClone()).OrderBy(Canonical, StringComparer.Ordinal).ToList();
            for (var i = 0; i < group.Count; i++) snapshot[group[i].Key] = sorted[i];
        }
        return snapshot;
    }

    private static string Canonical(JsonNode? node) => node switch
    {
        JsonObject map => "{" + string.Join(",", map.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => member.Key + ":" + Canonical(member.Value))) + "}",
        JsonArray list => "[" + string.Join(",", list.Select(Canonical)) + "]",
        _ => node?.ToJsonString() ?? "null"
    };

    private async Task<JsonNode?> FilledAsync(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                var filled = new JsonObject();
                foreach (var (name, value) in map) filled[name] = await FilledAsync(value);
                return filled;
            case JsonArray list:
                var items = new JsonArray();
                foreach (var item in list) items.Add(await FilledAsync(item));
                return items;
            case JsonValue value when value.TryGetValue<string>(out var text):
                return await FilledAsync(text);
            default:
                return node?.DeepClone();
        }
    }

    private async Task<string> FilledAsync(string text)
    {
        foreach (var name in Placeholders().Matches(text).Select(match => match.Groups[1].Value).Distinct())
            if (name.StartsWith("instance:", StringComparison.Ordinal)) text = text.Replace($"${{{name}}}", await InstanceIdAsync(name[9..]), StringComparison.Ordinal);
            else if (_saved.TryGetValue(name, out var value)) text = text.Replace($"${{{name}}}", value, StringComparison.Ordinal);
        return text;
    }

    private async Task<string> InstanceIdAsync(string key)
    {
        var (definition, number) = (key[..key.LastIndexOf('#')], int.Parse(key[(key.LastIndexOf('#') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
        var end = DateTime.UtcNow + patience;
        while (true)
        {
            if ((await InstancesAsync(definition)).ElementAtOrDefault(number - 1) is { } instance) return (string)instance["id"]!;
            if (DateTime.UtcNow > end) return "no-such-instance";
            await Task.Delay(Pause);
        }
    }

    [GeneratedRegex(@"\$\{([^}]+)\}")]
    private static partial Regex Placeholders();
}
