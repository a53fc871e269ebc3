using System.Text.Json;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Definitions;

/// <summary>The connections of a flowchart: their ends and ports, and whether each activity can be reached, and the end.</summary>
internal static class FlowChecks
{
    private sealed record Connection(string? Source, string Port, string? Target);

    public static IEnumerable<DefinitionMistake> Check(ActivityOutline flowchart, Func<ActivityOutline, ActivityDescriptor?> find)
    {
        if (flowchart.Find("activities") is not { ValueKind: JsonValueKind.Array } list || flowchart.Type != "Elsa.Flowchart") return [];
        var activities = list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object).Select(item => new ActivityOutline(item.Text("id") ?? "", item.Text("type") ?? "", item)).DistinctBy(each => each.Id).ToDictionary(each => each.Id);
        var connections = flowchart.Find("connections") is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray().Select(Read).ToList() : [];
        return [.. Ends(flowchart, activities, connections), .. Ports(activities, connections, find), .. Reach(flowchart, activities, connections, find)];
    }

    private static IEnumerable<DefinitionMistake> Ends(ActivityOutline flowchart, Dictionary<string, ActivityOutline> activities, List<Connection> connections)
    {
        foreach (var connection in connections)
            foreach (var (end, which) in ((string?, string)[])[(connection.Source, "comes from"), (connection.Target, "leads to")])
                if (string.IsNullOrEmpty(end)) yield return new(flowchart.Id, $"A connection {which} no activity: {connection.Source ?? "?"} → {connection.Target ?? "?"}.");
                else if (!activities.ContainsKey(end)) yield return new(flowchart.Id, $"A connection {which} '{end}', which is no activity of this flowchart: {connection.Source ?? "?"} → {connection.Target ?? "?"}.");
    }

    private static IEnumerable<DefinitionMistake> Ports(Dictionary<string, ActivityOutline> activities, List<Connection> connections, Func<ActivityOutline, ActivityDescriptor?> find)
    {
        foreach (var connection in connections)
            if (connection.Source is { } source && activities.TryGetValue(source, out var activity) && find(activity) is { } descriptor && PortNames.Of(activity, descriptor) is { } ports && !ports.Contains(connection.Port))
                yield return new(source, $"It has no port '{connection.Port}', from which a connection leads to '{connection.Target}'. There are: {string.Join(", ", ports)}.");
    }

    private static IEnumerable<DefinitionMistake> Reach(ActivityOutline flowchart, Dictionary<string, ActivityOutline> activities, List<Connection> connections, Func<ActivityOutline, ActivityDescriptor?> find)
    {
        if (activities.Count == 0) yield break;
        var reached = new HashSet<string>();
        var open = new Queue<string>(Starts(flowchart, activities, connections, find));
        while (open.TryDequeue(out var id))
            if (activities.ContainsKey(id) && reached.Add(id))
                foreach (var connection in connections)
                    if (connection.Source == id && connection.Target is { } next) open.Enqueue(next);
        foreach (var lost in activities.Values.Where(each => !reached.Contains(each.Id)))
            yield return new(lost.Id, "No connection leads to it from the start of its flowchart: it never runs.");
        if (reached.Select(id => activities[id]).All(each => GoesOn(each, connections, find)))
            yield return new(flowchart.Id, "It never ends: every way out of every activity leads to another one.");
    }

    private static List<string> Starts(ActivityOutline flowchart, Dictionary<string, ActivityOutline> activities, List<Connection> connections, Func<ActivityOutline, ActivityDescriptor?> find)
    {
        var starts = activities.Values.Where(each => each.CanStart || find(each)?.IsStart == true).Select(each => each.Id).ToList();
        if (flowchart.Find("start") is { } start && Name(start) is { } named) starts.Add(named);
        if (starts.Count > 0) return starts;
        return [activities.Keys.FirstOrDefault(id => connections.All(connection => connection.Target != id)) ?? activities.Keys.First()];
    }

    // Whether whatever it ends with, another activity follows.
    private static bool GoesOn(ActivityOutline activity, List<Connection> connections, Func<ActivityOutline, ActivityDescriptor?> find) =>
        find(activity) is { IsTerminal: false } descriptor && PortNames.Of(activity, descriptor) is { } ports
        && ports.All(port => connections.Any(connection => connection.Source == activity.Id && connection.Port == port));

    // Both forms that designers have written: { source: { activity, port } } and { source, sourcePort }.
    private static Connection Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) return new(null, "Done", null);
        var (source, port) = End(json, "source", "sourcePort");
        return new(source, string.IsNullOrEmpty(port) ? "Done" : port, End(json, "target", "targetPort").Activity);
    }

    private static (string? Activity, string? Port) End(JsonElement json, string name, string portName)
    {
        if (!json.TryGetProperty(name, out var end)) return default;
        return end.ValueKind == JsonValueKind.Object ? (end.TryGetProperty("activity", out var activity) ? Name(activity) : null, end.Text("port")) : (Name(end), json.Text(portName));
    }

    private static string? Name(JsonElement json) => json.ValueKind switch { JsonValueKind.String => json.GetString(), JsonValueKind.Object => json.Text("id"), _ => null };
}
