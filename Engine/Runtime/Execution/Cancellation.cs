using AgentOS.Engine.Execution;
using AgentOS.Engine.State;
using AgentOS.Engine.Runtime.Database;
using AgentOS.Engine.Runtime.Commits;
using AgentOS.Engine.Runtime.Definitions;
using AgentOS.Engine.Runtime.Work;
using Elsa.Common.Models;
using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime;

namespace AgentOS.Engine.Runtime.Execution;

/// <summary>
/// Cancels instances. One that nobody runs is cancelled at once; for one that runs the cancellation is queued, and whoever runs it is interrupted.
/// </summary>
internal sealed class Cancellation(EngineDatabase database, Backlog backlog, GraphCatalog graphs, BurstRunner bursts, RunningBursts running, Committer committer) : IWorkflowCancellationService
{
    public async Task<bool> CancelWorkflowAsync(string workflowInstanceId, CancellationToken cancellationToken = default)
    {
        if (await backlog.ClaimInstanceAsync(workflowInstanceId, cancellationToken) is { } claim)
        {
            if (await graphs.FindVersionAsync(claim.DefinitionVersionId, cancellationToken) is { } graph)
            {
                return await TryCancelAsync(graph, claim, cancellationToken);
            }
            await backlog.ReleaseAsync(claim, [], CancellationToken.None);
        }
        if (!await backlog.IsKnownAsync(workflowInstanceId, cancellationToken)) return false;
        var commit = new InstanceCommit();
        commit.Dispatched.Add(new("cancel", workflowInstanceId, null, null, null, null, null));
        await committer.CommitAsync(commit);
        running.Interrupt(workflowInstanceId);
        return true;
    }

    private async Task<bool> TryCancelAsync(WorkflowGraph graph, InstanceClaim claim, CancellationToken cancellationToken)
    {
        try
        {
            await bursts.CancelAsync(graph, claim, WorkflowStateReader.Read(claim.State), await backlog.ChildrenAsync(claim.Id, cancellationToken));
            return true;
        }
        catch (CommitFailedException lost) when (lost.InnerException is FencedException)
        {
            return false; // it was deleted meanwhile
        }
    }

    public async Task<int> CancelWorkflowsAsync(IEnumerable<string> workflowInstanceIds, CancellationToken cancellationToken = default)
    {
        var count = 0;
        foreach (var id in workflowInstanceIds.Distinct(StringComparer.Ordinal))
            if (await CancelWorkflowAsync(id, cancellationToken)) count++;
        return count;
    }

    public async Task<int> CancelWorkflowByDefinitionVersionAsync(string definitionVersionId, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("select id from engine.workflow_instances where definition_version_id = $1 and status = 'Running'");
        command.Parameters.Add(new() { Value = definitionVersionId });
        return await CancelWorkflowsAsync(await Backlog.ReadIdsAsync(command, cancellationToken), cancellationToken);
    }

    public async Task<int> CancelWorkflowByDefinitionAsync(string definitionId, VersionOptions versionOptions, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand($"""
            select i.id from engine.workflow_instances i left join engine.workflow_definitions d on d.id = i.definition_version_id
            where i.definition_id = $1 and i.status = 'Running' and ({(versionOptions.AllVersions ? "true" : DefinitionStore.Matches(versionOptions, "d."))})
            """);
        command.Parameters.Add(new() { Value = definitionId });
        return await CancelWorkflowsAsync(await Backlog.ReadIdsAsync(command, cancellationToken), cancellationToken);
    }
}
