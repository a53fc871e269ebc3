using System.Text.Json;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Activities;
using Elsa.Workflows.Activities.Flowchart.Models;

namespace AgentOS.Engine.Definitions;

/// <summary>Reads the connections of a flowchart, and its start, in both forms that designers have written.</summary>
internal static class ConnectionReader
{
    public static void Read(Flowchart flowchart, JsonElement json)
    {
        var activities = new Dictionary<string, IActivity>();
        foreach (var activity in flowchart.Activities)
            if (!string.IsNullOrEmpty(activity.Id) && !activities.TryAdd(activity.Id, activity))
                throw new InvalidDefinitionException($"Flowchart '{flowchart.Id}' has two activities with the id '{activity.Id}'.");

        if (json.TryGetProperty("start", out var start) && Name(start) is { } startId) flowchart.Start = activities.GetValueOrDefault(startId);
        if (!json.TryGetProperty("connections", out var connections) || connections.ValueKind != JsonValueKind.Array) return;

        var result = new List<Connection>();
        foreach (var connection in connections.EnumerateArray())
        {
            var (source, sourcePort) = End(connection, "source", "sourcePort");
            var (target, targetPort) = End(connection, "target", "targetPort");
            // To or from an activity that is gone: the designer shows such connections as broken.
            if (source is null || target is null || !activities.TryGetValue(source, out var from) || !activities.TryGetValue(target, out var to)) continue;
            result.Add(new Connection(new Elsa.Workflows.Activities.Flowchart.Models.Endpoint(from, sourcePort), new Elsa.Workflows.Activities.Flowchart.Models.Endpoint(to, targetPort)) { Vertices = Vertices(connection) });
        }

        flowchart.Connections = result;
    }

    private static (string? Activity, string? Port) End(JsonElement connection, string name, string portName)
    {
        if (!connection.TryGetProperty(name, out var end)) return default;
        return end.ValueKind == JsonValueKind.Object ? (end.TryGetProperty("activity", out var activity) ? Name(activity) : null, end.Text("port")) : (Name(end), connection.Text(portName));
    }

    private static string? Name(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Object => json.Text("id"),
        _ => null
    };

    private static List<Position> Vertices(JsonElement connection)
    {
        var result = new List<Position>();
        if (connection.TryGetProperty("vertices", out var vertices) && vertices.ValueKind == JsonValueKind.Array)
            foreach (var vertex in vertices.EnumerateArray())
                if (vertex.TryGetProperty("x", out var x) && vertex.TryGetProperty("y", out var y) && x.TryGetDouble(out var left) && y.TryGetDouble(out var top)) result.Add(new Position { X = left, Y = top });
        return result;
    }
}
