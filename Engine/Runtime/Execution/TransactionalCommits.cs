using AgentOS.Engine.State;
using AgentOS.Engine.Execution;
using AgentOS.Engine.Runtime.Commits;
using Elsa.Workflows;
using Elsa.Workflows.CommitStates;
using Elsa.Workflows.State;

namespace AgentOS.Engine.Runtime.Execution;

/// <summary>Writes a run at its commit points: everything that changed, what it asks for, and the end of the work that caused it, in one transaction.</summary>
internal sealed class TransactionalCommits(Committer committer, IWorkflowStateExtractor extractor, ParentNotifier parents) : ICommitStateHandler
{
    /// <summary>In the middle of a burst: the node keeps the instance. One that has just ended is nobody's any more, so it is written once, at the end of its burst, which comes next.</summary>
    public Task CommitAsync(WorkflowExecutionContext workflowExecutionContext, CancellationToken cancellationToken = default) =>
        workflowExecutionContext.Status == WorkflowStatus.Finished ? Task.CompletedTask : CommitAsync(workflowExecutionContext, extractor.Extract(workflowExecutionContext), goesOn: true);

    /// <summary>At the end of a burst.</summary>
    public Task CommitAsync(WorkflowExecutionContext workflowExecutionContext, WorkflowState workflowState, CancellationToken cancellationToken = default) =>
        CommitAsync(workflowExecutionContext, workflowState, goesOn: false);

    private async Task CommitAsync(WorkflowExecutionContext workflow, WorkflowState state, bool goesOn)
    {
        var delta = workflow.TakeDelta();
        // A workflow that is only tried out (a test of one activity, say) is not stored.
        if (Burst.Current is not { } burst || burst.InstanceId != workflow.Id) return;

        var finished = workflow.Status == WorkflowStatus.Finished;
        var buffer = CommitBuffer.Rent();
        WorkflowStateJson.Write(buffer.Writer, state);
        var commit = new InstanceCommit
        {
            Instance = CommitWriter.Instance(workflow, burst, buffer.Take()),
            Epoch = burst.Epoch,
            GoesOn = (goesOn || burst.MoreToCome) && !finished
        };
        CommitWriter.Add(commit, delta, burst, buffer, workflow.CorrelationId);
        if (finished && !burst.Finished)
        {
            burst.Finished = true;
            parents.Notify(workflow, burst);
        }
        burst.TakeOutbox(commit);
        if (!goesOn || burst.BookmarkId is null || workflow.Bookmarks.All(x => x.Id != burst.BookmarkId))
        {
            commit.Done.AddRange(burst.Items);
            burst.Items.Clear();
        }

        try
        {
            await committer.CommitAsync(commit);
        }
        catch (Exception exception)
        {
            throw new CommitFailedException($"The changes of workflow instance {workflow.Id} could not be written.", exception);
        }
        if (burst.Epoch == 0) burst.Epoch = 1;
        buffer.Return();
    }
}
