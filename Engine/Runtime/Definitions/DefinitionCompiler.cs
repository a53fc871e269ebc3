using Elsa.Workflows;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Runtime.Definitions;

/// <summary>Makes a graph of a stored definition.</summary>
internal sealed class DefinitionCompiler(IWorkflowGraphBuilder graphs)
{
    public Task<WorkflowGraph> CompileAsync(DefinitionRow row, CancellationToken cancellationToken) => throw new NotImplementedException(graphs + row.Id + cancellationToken);
}
