using AgentOS.Engine.State;
using AgentOS.Engine.Execution;
using AgentOS.Engine.Runtime.Commits;
using AgentOS.Engine.Runtime.Definitions;
using AgentOS.Engine.Runtime.Work;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using Elsa.Workflows.Options;
using Elsa.Workflows.Runtime.Messages;
using Elsa.Workflows.State;

namespace AgentOS.Engine.Runtime.Execution;

/// <summary>Runs instances at once, for callers that wait for the end of the burst.</summary>
internal sealed class InstanceRunner(BurstRunner bursts, GraphCatalog graphs, Backlog backlog, IIdentityGenerator ids)
{
    // An instance that is busy is tried again for so long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <returns>Null: the activation strategy lets no further instance start.</returns>
    /// <exception cref="DefinitionNotFoundException">There is no such version.</exception>
    public async Task<RunWorkflowResult?> StartAsync(string definitionVersionId, RunWorkflowOptions options, bool activate = true, CancellationToken cancellationToken = default)
    {
        var graph = await graphs.FindVersionAsync(definitionVersionId, cancellationToken) ?? throw new DefinitionNotFoundException(definitionVersionId);
        return await StartAsync(graph, options, activate, cancellationToken);
    }

    public async Task<RunWorkflowResult?> StartAsync(WorkflowGraph graph, RunWorkflowOptions options, bool activate = true, CancellationToken cancellationToken = default)
    {
        IdLength.Checked(options.CorrelationId, "The correlation id");
        options.WorkflowInstanceId ??= ids.GenerateId();
        try
        {
            return await bursts.StartAsync(graph, options, activate, null, cancellationToken);
        }
        catch (CommitFailedException exception) when (exception.InnerException is FencedException { Constraint: "one_activation" })
        {
            return null;
        }
    }

    /// <returns>Null: the instance does not exist, has ended, or does not wait at the bookmark any more.</returns>
    /// <exception cref="InstanceBusyException">Somebody runs it all the time.</exception>
    public async Task<RunWorkflowResult?> ResumeAsync(string instanceId, RunWorkflowOptions options, CancellationToken cancellationToken = default)
    {
        var deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        for (var pause = 5; ; pause = Math.Min(pause * 2, 250))
        {
            if (await backlog.ClaimInstanceAsync(instanceId, cancellationToken) is { } claim)
            {
                var state = WorkflowStateReader.Read(claim.State);
                if ((options.BookmarkId is not null && state.Bookmarks.All(x => x.Id != options.BookmarkId)) || await graphs.FindVersionAsync(claim.DefinitionVersionId, cancellationToken) is not { } graph)
                {
                    await backlog.ReleaseAsync(claim, [], CancellationToken.None);
                    return null;
                }
                return await bursts.ResumeAsync(graph, claim, state, options, cancellationToken: cancellationToken);
            }
            if (!await backlog.IsRunningAsync(instanceId, cancellationToken)) return null;
            if (Environment.TickCount64 > deadline) throw new InstanceBusyException(instanceId);
            await Task.Delay(pause, cancellationToken);
        }
    }

    public static RunWorkflowInstanceResponse Respond(RunWorkflowResult result) => Respond(result.WorkflowState);

    public static RunWorkflowInstanceResponse Respond(WorkflowState state) => new()
    {
        WorkflowInstanceId = state.Id,
        Status = state.Status,
        SubStatus = state.SubStatus,
        Bookmarks = state.Bookmarks,
        Incidents = state.Incidents,
        Output = state.Output
    };
}

/// <summary>The definition, or that version of it, does not exist.</summary>
public sealed class DefinitionNotFoundException(string what) : Exception($"There is no workflow definition '{what}'. Publish it first, or look at the list of definitions for its id.");

/// <summary>The instance is being run by somebody else all the time.</summary>
public sealed class InstanceBusyException(string id) : Exception($"Workflow instance {id} is busy. Try again when its current activity has ended, or dispatch the request instead.");
