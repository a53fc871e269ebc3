using AgentOS.Engine.Runtime.Definitions;
using Elsa.Common.Models;
using Elsa.Workflows.Management;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Services;

internal sealed class PublishedGraphs(GraphCatalog catalog) : IWorkflowDefinitionService
{
    public async Task<WorkflowGraph?> FindWorkflowGraphAsync(string definitionId, VersionOptions versionOptions, CancellationToken cancellationToken = default) =>
        await catalog.FindAsync(definitionId, versionOptions, cancellationToken);
}
