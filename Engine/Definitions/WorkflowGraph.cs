using System.Security.Cryptography;
using System.Text;

namespace Elsa.Workflows.Models;

/// <summary>An activity at its place in a workflow.</summary>
public class ActivityNode(IActivity activity, string port)
{
    private readonly List<ActivityNode> _parents = [];
    private string? _nodeId;

    public string NodeId => _nodeId ??= ComputeNodeId();
    public IActivity Activity { get; } = activity;
    public string Port { get; } = port;
    public IReadOnlyCollection<ActivityNode> Parents => _parents;
    public ICollection<ActivityNode> Children { get; } = new List<ActivityNode>();

    // Resolved once for each graph, so that a run looks nothing up.
    internal ActivityDescriptor Descriptor = null!;
    internal AgentOS.Engine.Definitions.ActivityPlan Plan = null!;
    internal AgentOS.Engine.Definitions.Recording? Recording;

    public void AddChild(ActivityNode child) => Children.Add(child);
    public void AddParent(ActivityNode parent) => _parents.Add(parent);

    public IEnumerable<ActivityNode> Descendants()
    {
        foreach (var child in Children)
        {
            yield return child;
            foreach (var descendant in child.Descendants()) yield return descendant;
        }
    }

    public IEnumerable<ActivityNode> Ancestors()
    {
        foreach (var parent in _parents)
        {
            yield return parent;
            foreach (var ancestor in parent.Ancestors()) yield return ancestor;
        }
    }

    public IEnumerable<ActivityNode> Siblings() => _parents.SelectMany(parent => parent.Children);
    public IEnumerable<ActivityNode> SiblingsAndCousins() => _parents.SelectMany(parent => parent.Descendants());

    private string ComputeNodeId()
    {
        var ids = new List<string>();
        for (ActivityNode? node = this; node is not null; node = node._parents.FirstOrDefault()) ids.Add(node.Activity.Id);
        ids.Reverse();
        return string.Join(':', ids);
    }
}

/// <summary>A workflow laid out for running: every activity with its place. Shared by all runs of one version.</summary>
public class WorkflowGraph : IEquatable<WorkflowGraph>
{
    private readonly Dictionary<string, ActivityNode> _byActivityId = [];
    private readonly Lazy<Dictionary<string, ActivityNode>> _byHash;

    public WorkflowGraph(Elsa.Workflows.Activities.Workflow workflow, ActivityNode root, IEnumerable<ActivityNode> nodes)
    {
        Workflow = workflow;
        Root = root;
        Nodes = nodes.ToList();
        NodeIdLookup = Nodes.ToDictionary(node => node.NodeId);
        NodeActivityLookup = Nodes.ToDictionary(node => node.Activity);
        _byHash = new(() => Nodes.ToDictionary(node => Hash(node.NodeId)));
        foreach (var node in Nodes) _byActivityId.TryAdd(node.Activity.Id, node);
    }

    public Elsa.Workflows.Activities.Workflow Workflow { get; }
    public ActivityNode Root { get; }
    public ICollection<ActivityNode> Nodes { get; }
    public IDictionary<string, ActivityNode> NodeIdLookup { get; }
    public IDictionary<string, ActivityNode> NodeHashLookup => _byHash.Value;
    public IDictionary<IActivity, ActivityNode> NodeActivityLookup { get; }

    public ActivityNode? FindNodeById(string nodeId) => NodeIdLookup.TryGetValue(nodeId, out var node) ? node : null;
    public ActivityNode? FindNodeByHash(string hash) => NodeHashLookup.TryGetValue(hash, out var node) ? node : null;
    public ActivityNode? FindNodeByActivityId(string activityId) => _byActivityId.GetValueOrDefault(activityId);

    public ActivityNode? FindNodeByActivity(IActivity activity) => activity is Activity { Node: { } node } && ReferenceEquals(node.Activity, activity)
        ? node
        : NodeActivityLookup.TryGetValue(activity, out var found) ? found : null;

    public IActivity? FindActivityByNodeId(string nodeId) => FindNodeById(nodeId)?.Activity;
    public IActivity? FindActivityById(string activityId) => FindNodeByActivityId(activityId)?.Activity;
    public IActivity? FindActivityByHash(string hash) => FindNodeByHash(hash)?.Activity;

    public IActivity? FindActivity(ActivityHandle handle) => handle switch
    {
        { ActivityId: { } id } => FindActivityById(id),
        { ActivityNodeId: { } nodeId } => FindActivityByNodeId(nodeId),
        { ActivityHash: { } hash } => FindActivityByHash(hash),
        _ => null
    };

    public bool Equals(WorkflowGraph? other) => other is not null && ReferenceEquals(Workflow, other.Workflow);
    public override bool Equals(object? obj) => Equals(obj as WorkflowGraph);
    public override int GetHashCode() => Workflow.GetHashCode();

    private static string Hash(string nodeId) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(nodeId)));
}
