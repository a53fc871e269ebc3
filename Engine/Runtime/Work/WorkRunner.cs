using AgentOS.Engine.State;
using AgentOS.Engine.Execution;
using AgentOS.Engine.Runtime.Commits;
using AgentOS.Engine.Runtime.Definitions;
using AgentOS.Engine.Runtime.Events;
using AgentOS.Engine.Runtime.Execution;
using Elsa.Workflows;
using Elsa.Workflows.Options;
using Microsoft.Extensions.Logging;

namespace AgentOS.Engine.Runtime.Work;

/// <summary>Does claimed work: starts, resumptions, what a dead node left, cancellations.</summary>
internal sealed partial class WorkRunner(BurstRunner bursts, GraphCatalog graphs, Backlog backlog, StimulusQueue stimuli, ILogger<WorkRunner> logger)
{
    private const int MaxAttempts = 5;

    /// <summary>An instance that has cost so many nodes their life without a commit in between is not tried again.</summary>
    private const int MaxTakeovers = 10;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);

    public Task RunAsync(ClaimedWork work, CancellationToken stop) => work.Instance is { } instance ? ContinueAsync(instance, [.. work.Items.OrderBy(x => x.Kind == "cancel" ? 0 : 1)], stop) : StartAsync(work.Items[0], stop);

    private async Task StartAsync(WorkItem item, CancellationToken stop)
    {
        if (await graphs.FindVersionAsync(item.DefinitionVersionId!, stop) is not { } graph)
        {
            LogDropped(item.InstanceId, $"its definition version {item.DefinitionVersionId} does not exist any more");
            await backlog.DropAsync(item, stop);
            return;
        }
        var request = WorkRequest.Read(item.Request);
        try
        {
            var result = await bursts.StartAsync(graph, new RunWorkflowOptions
            {
                WorkflowInstanceId = item.InstanceId,
                CorrelationId = item.CorrelationId,
                ParentWorkflowInstanceId = item.ParentId,
                Input = request.Input,
                Properties = request.Properties,
                TriggerActivityId = request.TriggerActivityId,
                SchedulingActivityExecutionId = request.SchedulingActivityExecutionId,
                SchedulingWorkflowInstanceId = request.SchedulingWorkflowInstanceId,
                SchedulingCallStackDepth = request.SchedulingCallStackDepth
            }, item: item, cancellationToken: stop);
            if (result is null)
            {
                LogDropped(item.InstanceId, "its activation strategy lets no further instance start now");
                await backlog.DropAsync(item, stop);
            }
        }
        catch (CommitFailedException exception) when (exception.InnerException is FencedException)
        {
            // It was started before, or is another node's now; if the item is still ours, it is of no use any more.
            await backlog.DropAsync(item, stop);
        }
        catch (Exception exception)
        {
            await GiveBackAsync(item, exception);
        }
    }

    private async Task ContinueAsync(InstanceClaim claim, IReadOnlyList<WorkItem> items, CancellationToken stop)
    {
        if (await graphs.FindVersionAsync(claim.DefinitionVersionId, stop) is not { } graph)
        {
            LogDropped(claim.Id, $"its definition version {claim.DefinitionVersionId} does not exist any more");
            await backlog.ReleaseAsync(claim, items, CancellationToken.None);
            return;
        }
        if (claim.Takeovers > MaxTakeovers && items.All(x => x.Kind != "cancel"))
        {
            LogDropped(claim.Id, $"{claim.Takeovers} runs of it ended without a commit. It is left as interrupted; cancel it, or resume it after the cause is repaired");
            await backlog.InterruptAsync(claim, items, CancellationToken.None);
            return;
        }
        var state = WorkflowStateReader.Read(claim.State);
        var held = true;
        for (var n = 0; n < items.Count; n++)
        {
            var item = items[n];
            var last = n == items.Count - 1;
            if (!held)
            {
                // The burst before ended the instance, or lost it: whoever has it sees the item again.
                await backlog.RetryAsync(item, TimeSpan.Zero, CancellationToken.None);
                continue;
            }
            if (item.Kind == "resume" && state.Bookmarks.All(x => x.Id != item.BookmarkId))
            {
                // The bookmark is gone. An event is kept for the next listener of the same instance.
                if (item.Hash is not null) await stimuli.KeepAsync(item, stop);
                if (last) await backlog.ReleaseAsync(claim, [item], CancellationToken.None);
                else await backlog.DropAsync(item, stop);
                continue;
            }
            if (item.Kind == "continue" && !state.IsExecuting)
            {
                if (last) await backlog.ReleaseAsync(claim, [item], CancellationToken.None);
                else await backlog.DropAsync(item, stop);
                continue;
            }
            try
            {
                var result = item.Kind == "cancel"
                    ? await bursts.CancelAsync(graph, claim, state, await backlog.ChildrenAsync(claim.Id, stop), item)
                    : await bursts.ResumeAsync(graph, claim, state, Options(item), item, moreToCome: !last, stop);
                state = result.WorkflowState;
                held = !last && state.Status == WorkflowStatus.Running;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                held = false;
                await GiveBackAsync(item, exception);
            }
        }
    }

    private static RunWorkflowOptions Options(WorkItem item)
    {
        var request = WorkRequest.Read(item.Request);
        return new() { BookmarkId = item.BookmarkId, Input = request.Input, Properties = request.Properties };
    }

    private async Task GiveBackAsync(WorkItem item, Exception exception)
    {
        if (exception is not OperationCanceledException) LogFailed(exception, item.Kind, item.InstanceId, item.Claim.Attempt);
        if (item.Claim.Attempt >= MaxAttempts && exception is not (OperationCanceledException or CommitFailedException)) await backlog.DropAsync(item, CancellationToken.None);
        else await backlog.RetryAsync(item, exception is OperationCanceledException ? TimeSpan.Zero : RetryDelay, CancellationToken.None);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Work for workflow instance {Instance} was dropped: {Reason}.")]
    private partial void LogDropped(string instance, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Work of kind {Kind} for workflow instance {Instance} failed at attempt {Attempt}.")]
    private partial void LogFailed(Exception exception, string kind, string instance, int attempt);
}
