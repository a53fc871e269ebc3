namespace Elsa.Workflows.Activities.Flowchart.Models;

/// <summary>The connections of a flowchart, seen from its start: which lead on, and which lead back.</summary>
public class FlowGraph
{
    private static readonly List<Connection> None = [];

    private readonly Dictionary<IActivity, List<Connection>> _outbound = [];
    private readonly Dictionary<IActivity, List<Connection>> _inbound = [];
    private readonly Dictionary<IActivity, List<Connection>> _forwardInbound = [];
    private readonly Dictionary<Connection, bool> _backward = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<IActivity> _reachable = [];
    private readonly Dictionary<IActivity, List<IActivity>> _ancestors = [];

    public FlowGraph(ICollection<Connection> connections, IActivity? rootActivity)
    {
        Root = rootActivity;
        foreach (var connection in connections)
        {
            Add(_outbound, connection.Source.Activity, connection);
            Add(_inbound, connection.Target.Activity, connection);
        }

        if (rootActivity is null) return;
        foreach (var connection in FindBackward(rootActivity)) _backward[connection] = IsValid(connection);
        foreach (var (activity, inbound) in _inbound)
            _forwardInbound[activity] = [.. inbound.Where(x => !_backward.ContainsKey(x) && _reachable.Contains(x.Source.Activity))];
    }

    internal IActivity? Root { get; }

    public List<Connection> GetOutboundConnections(IActivity activity) => _outbound.GetValueOrDefault(activity) ?? None;
    public List<Connection> GetInboundConnections(IActivity activity) => _inbound.GetValueOrDefault(activity) ?? None;
    public List<Connection> GetForwardInboundConnections(IActivity activity) => _forwardInbound.GetValueOrDefault(activity) ?? None;

    /// <summary>The start cannot be followed to it.</summary>
    public bool IsDanglingActivity(IActivity activity) => !_reachable.Contains(activity);

    /// <summary>A connection that closes a loop. It is valid when the loop has no other way in than its target.</summary>
    public bool IsBackwardConnection(Connection connection, out bool isValid) => _backward.TryGetValue(connection, out isValid);

    /// <summary>Everything on a way to the activity, loops left out.</summary>
    public List<IActivity> GetAncestorActivities(IActivity activity)
    {
        lock (_ancestors)
        {
            if (_ancestors.TryGetValue(activity, out var known)) return known;
            var found = new HashSet<IActivity>();
            var open = new Stack<IActivity>([activity]);
            while (open.TryPop(out var current))
                foreach (var connection in GetForwardInboundConnections(current))
                    if (found.Add(connection.Source.Activity)) open.Push(connection.Source.Activity);
            return _ancestors[activity] = [.. found];
        }
    }

    // Depth first: a connection to an activity that is still on the way is one that leads back.
    private List<Connection> FindBackward(IActivity root)
    {
        var backward = new List<Connection>();
        var onWay = new HashSet<IActivity>();
        var stack = new Stack<(IActivity Activity, int Next)>();
        stack.Push((root, 0));
        _reachable.Add(root);
        onWay.Add(root);
        while (stack.TryPop(out var frame))
        {
            var outbound = GetOutboundConnections(frame.Activity);
            if (frame.Next >= outbound.Count)
            {
                onWay.Remove(frame.Activity);
                continue;
            }

            stack.Push((frame.Activity, frame.Next + 1));
            var connection = outbound[frame.Next];
            var target = connection.Target.Activity;
            if (onWay.Contains(target)) backward.Add(connection);
            else if (_reachable.Add(target))
            {
                onWay.Add(target);
                stack.Push((target, 0));
            }
        }

        return backward;
    }

    // Valid when its source cannot be reached from the start without passing its target.
    private bool IsValid(Connection connection)
    {
        var target = connection.Target.Activity;
        if (target == Root || connection.Source.Activity == target) return true;
        var seen = new HashSet<IActivity> { Root! };
        var open = new Stack<IActivity>([Root!]);
        while (open.TryPop(out var current))
        {
            if (current == connection.Source.Activity) return false;
            foreach (var next in GetOutboundConnections(current))
                if (next.Target.Activity != target && seen.Add(next.Target.Activity)) open.Push(next.Target.Activity);
        }

        return true;
    }

    private static void Add(Dictionary<IActivity, List<Connection>> map, IActivity key, Connection connection)
    {
        if (!map.TryGetValue(key, out var list)) map[key] = list = [];
        list.Add(connection);
    }
}

/// <summary>How often a run of a flowchart has passed its activities and connections.</summary>
public class FlowScope
{
    [System.Text.Json.Serialization.JsonInclude]
    [System.Text.Json.Serialization.JsonPropertyName("activitiesVisitCount")]
    internal Dictionary<string, long> Activities { get; set; } = [];

    [System.Text.Json.Serialization.JsonInclude]
    [System.Text.Json.Serialization.JsonPropertyName("connectionVisitCount")]
    internal Dictionary<string, long> Connections { get; set; } = [];

    [System.Text.Json.Serialization.JsonInclude]
    [System.Text.Json.Serialization.JsonPropertyName("connectionLastVisitFollowed")]
    internal Dictionary<string, bool> Followed { get; set; } = [];

    public void RegisterActivityVisit(IActivity activity) => Activities[activity.Id] = VisitsOf(activity) + 1;

    public void RegisterConnectionVisit(Connection connection, bool followed)
    {
        var key = connection.Key;
        Connections[key] = Connections.GetValueOrDefault(key) + 1;
        Followed[key] = followed;
    }

    public bool GetConnectionLastVisitFollowed(Connection connection) => Followed.GetValueOrDefault(connection.Key);

    /// <summary>The activity has run since this connection was last passed, so it adds nothing.</summary>
    public bool ShouldIgnoreConnection(Connection connection, IActivity activity) => VisitsOf(connection) <= VisitsOf(activity);

    public bool AllInboundConnectionsVisited(FlowGraph flowGraph, IActivity activity)
    {
        var visits = VisitsOf(activity);
        foreach (var connection in flowGraph.GetForwardInboundConnections(activity))
            if (VisitsOf(connection) <= visits) return false;
        return true;
    }

    public bool AnyInboundConnectionsFollowed(FlowGraph flowGraph, IActivity activity)
    {
        foreach (var connection in flowGraph.GetForwardInboundConnections(activity))
            if (GetConnectionLastVisitFollowed(connection)) return true;
        return false;
    }

    public bool AllInboundConnectionsFollowed(FlowGraph flowGraph, IActivity activity)
    {
        foreach (var connection in flowGraph.GetForwardInboundConnections(activity))
            if (!GetConnectionLastVisitFollowed(connection)) return false;
        return true;
    }

    private long VisitsOf(IActivity activity) => Activities.GetValueOrDefault(activity.Id);
    private long VisitsOf(Connection connection) => Connections.GetValueOrDefault(connection.Key);
}
