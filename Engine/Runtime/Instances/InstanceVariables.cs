using AgentOS.Engine.Runtime.Definitions;
using AgentOS.Engine.Runtime.Execution;
using AgentOS.Engine.Runtime.Work;
using AgentOS.Engine.State;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using Elsa.Workflows.State;

namespace AgentOS.Engine.Runtime.Instances;

/// <summary>A variable of a workflow and its value in one instance.</summary>
public sealed record InstanceVariable(string Id, string Name, object? Value);

/// <summary>The variables that an instance's workflow declares. One that is not kept in the state shows its first value.</summary>
internal sealed class InstanceVariables(InstanceStore instances, GraphCatalog graphs, Backlog backlog)
{
    /// <returns>Null: no such instance.</returns>
    public async Task<IReadOnlyList<InstanceVariable>?> ReadAsync(string instanceId)
    {
        if (await instances.FindAsync(instanceId) is not var (summary, json)) return null;
        return await graphs.FindVersionAsync(summary.DefinitionVersionId) is { } graph ? Read(graph, WorkflowStateReader.Read(json)) : [];
    }

    /// <summary>Gives kept variables of an instance that nobody runs new values.</summary>
    /// <exception cref="InstanceBusyException">Somebody runs it.</exception>
    public async Task<IReadOnlyList<InstanceVariable>?> WriteAsync(string instanceId, IReadOnlyDictionary<string, object?> changes)
    {
        if (await instances.FindAsync(instanceId) is null) return null;
        if (await backlog.ClaimInstanceAsync(instanceId) is not { } claim) throw new InstanceBusyException(instanceId);
        if (await graphs.FindVersionAsync(claim.DefinitionVersionId) is not { } graph)
        {
            await backlog.ReleaseAsync(claim, []);
            return [];
        }
        var state = WorkflowStateReader.Read(claim.State);
        if (Root(graph, state) is { } root)
        {
            var kept = new Dictionary<string, object?>(Kept(root) ?? new Dictionary<string, object?>());
            foreach (var (id, value) in changes)
                if (graph.Workflow.Variables.Any(x => x.Id == id)) kept[id] = value;
            root.Properties[WorkflowInstanceStorageDriver.VariablesDictionaryStateKey] = kept;
        }
        await backlog.WriteStateAsync(claim, WorkflowStateJson.Serialize(state));
        return Read(graph, WorkflowStateReader.Read(WorkflowStateJson.Serialize(state)));
    }

    private static List<InstanceVariable> Read(WorkflowGraph graph, WorkflowState state)
    {
        var kept = Root(graph, state) is { } root ? Kept(root) : null;
        return [.. graph.Workflow.Variables.Select(variable => new InstanceVariable(variable.Id, variable.Name,
            Variables.IsKept(variable) && kept is not null && kept.TryGetValue(variable.Id, out var value) ? value : WorkflowExecutionContext.Declare(variable).Value))];
    }

    private static ActivityExecutionContextState? Root(WorkflowGraph graph, WorkflowState state) => state.ActivityExecutionContexts.FirstOrDefault(x => x.ScheduledActivityNodeId == graph.Root.NodeId);

    private static IDictionary<string, object?>? Kept(ActivityExecutionContextState root) =>
        root.Properties.TryGetValue(WorkflowInstanceStorageDriver.VariablesDictionaryStateKey, out var values) ? values as IDictionary<string, object?> : null;
}
