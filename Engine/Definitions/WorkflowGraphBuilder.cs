using Elsa.Workflows;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Definitions;

/// <summary>Finds the activities of a workflow, names those that have no id, and resolves what the interpreter needs of each.</summary>
internal sealed class WorkflowGraphBuilder(IActivityRegistry registry, ActivityDescriber describer) : IWorkflowGraphBuilder
{
    private const int MaxDepth = 100;

    public Task<WorkflowGraph> BuildAsync(Workflow workflow, CancellationToken cancellationToken = default) => Task.FromResult(Build(workflow));

    public WorkflowGraph Build(Workflow workflow)
    {
        var nodes = new List<ActivityNode>();
        var root = Visit(workflow, "Root", null, nodes, 0);
        AssignIds(nodes);
        var seen = new HashSet<string>();
        foreach (var node in nodes)
        {
            if (!seen.Add(node.NodeId)) throw new InvalidDefinitionException($"Two activities have the id '{node.Activity.Id}' within '{node.Parents.First().Activity.Id}'. Give each its own.");
            node.Activity.NodeId = node.NodeId;
            Resolve(node);
            node.Recording = Recording.Of(node.Activity, workflow);
        }

        return new WorkflowGraph(workflow, root, nodes);
    }

    private static ActivityNode Visit(IActivity activity, string port, ActivityNode? parent, List<ActivityNode> nodes, int depth)
    {
        if (depth > MaxDepth) throw new InvalidDefinitionException($"Activity '{activity.Id}' is nested more than {MaxDepth} levels deep.");
        var node = new ActivityNode(activity, port);
        if (parent is not null)
        {
            parent.AddChild(node);
            node.AddParent(parent);
        }

        nodes.Add(node);
        foreach (var (name, child) in ActivityPorts.Of(activity)) Visit(child, name, node, nodes, depth + 1);
        return node;
    }

    // The root of a workflow has no id in its JSON: Workflow1, or the next that is free.
    private static void AssignIds(List<ActivityNode> nodes)
    {
        var taken = nodes.Select(x => x.Activity.Id).Where(x => !string.IsNullOrEmpty(x)).ToHashSet();
        foreach (var node in nodes)
        {
            if (!string.IsNullOrEmpty(node.Activity.Id)) continue;
            var name = node.Activity.Type[(node.Activity.Type.LastIndexOf('.') + 1)..];
            var number = 1;
            while (!taken.Add($"{name}{number}")) number++;
            node.Activity.Id = $"{name}{number}";
        }
    }

    private void Resolve(ActivityNode node)
    {
        var activity = node.Activity;
        var descriptor = registry.Find(activity.Type, activity.Version) ?? registry.Find(activity.Type);
        if (descriptor is null)
        {
            descriptor = describer.Describe(activity.GetType());
            registry.Register(descriptor);
        }

        node.Descriptor = descriptor;
        node.Plan = descriptor.Plan ??= new ActivityPlan(descriptor);
        if (activity is Activity owner) owner.Node = node;
        foreach (var input in descriptor.Inputs.Where(x => x.IsWrapped))
            if (input.ValueGetter(activity) is Input value) Name(value, $"{node.NodeId}:input-{input.Name}");
        foreach (var output in descriptor.Outputs)
            if (output.ValueGetter(activity) is Output { MemoryBlockReference: { } factory } && factory() is { Id: null } reference) reference.Id = $"{node.NodeId}:output-{output.Name}";
    }

    // Each input has a cell of its own, also where several activities share a literal.
    private static void Name(Input input, string id)
    {
        var reference = input.MemoryBlockReference?.Invoke() ?? new();
        reference.Id ??= id;
        input.MemoryBlockReference = () => reference;
    }
}

/// <summary>The activities inside an activity, by port.</summary>
internal static class ActivityPorts
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<Type, System.Reflection.PropertyInfo[]> Properties = new();

    public static IEnumerable<(string Port, IActivity Activity)> Of(IActivity activity)
    {
        if (activity is IActivityPorts custom)
        {
            foreach (var port in custom.GetPorts()) yield return port;
            yield break;
        }

        foreach (var property in Properties.GetOrAdd(activity.GetType(), static type => [.. type.GetProperties().Where(IsPort)]))
        {
            switch (property.GetValue(activity))
            {
                case IActivity child: yield return (property.Name, child); break;
                case IEnumerable<IActivity> children:
                    foreach (var child in children) yield return (property.Name, child);
                    break;
            }
        }
    }

    private static bool IsPort(System.Reflection.PropertyInfo property) => property.CanRead
        && property.GetIndexParameters().Length == 0
        && property.Name is not "Start"
        && property.GetCustomAttributes(typeof(System.Text.Json.Serialization.JsonIgnoreAttribute), true).Length == 0
        && (typeof(IActivity).IsAssignableFrom(property.PropertyType) || typeof(IEnumerable<IActivity>).IsAssignableFrom(property.PropertyType));
}

/// <summary>An activity whose activities are not plain properties: the cases of a switch.</summary>
internal interface IActivityPorts
{
    IEnumerable<(string Port, IActivity Activity)> GetPorts();
}

/// <summary>A definition that cannot be run, and why.</summary>
public sealed class InvalidDefinitionException(string message, Exception? innerException = null) : Exception(message, innerException);
