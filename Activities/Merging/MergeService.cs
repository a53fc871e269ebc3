using System.Security.Cryptography;
using System.Text;
using AgentOS.Activities.Git;
using AgentOS.Activities.Review;
using AgentOS.Kernel;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Evidence;
using AgentOS.Kernel.Log;
using AgentOS.Kernel.Merging;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Tasks;
using Elsa.Workflows.Management;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Requests;
using Elsa.Workflows.State;

namespace AgentOS.Activities.Merging;

/// <summary>
/// The merge queue: what lands is exactly the commit that was tested. The rows say where a batch is, so each step can run again after a crash:
/// the next one looks at the state and goes on from it.
/// </summary>
public sealed partial class MergeService(
    MergeStore merges, TaskStore tasks, RepositoryStore repositories, EvidenceStore evidence, ActivityLog log, RepositoryChecker checks,
    Signals signals, IWorkflowDispatcher dispatcher, IWorkflowDefinitionService definitions, TimeProvider time)
{
    private const int LargestBatch = 16;
    private const int MostFeedback = 12_000;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(5), LongestPause = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LeaseRenewal = TimeSpan.FromSeconds(30);

    /// <summary>Queues the task's head and starts the queue's workflow.</summary>
    /// <returns><c>Merged</c>, <c>SentBack</c> with the reason, or null while it is undecided.</returns>
    public async Task<(string? Outcome, string? Feedback)> SubmitAsync(Guid taskId, CancellationToken cancellation)
    {
        var task = await tasks.GetAsync(taskId, cancellation);
        // Rejected while it waited: it was taken out of the queue.
        if (task.HeadSha is { } commit && await evidence.PersonVerdictAsync(taskId, commit, cancellation) is { Passed: false } rejected) return ("SentBack", $"A person did not approve it: {rejected.Feedback}");
        var merge = await merges.EnqueueAsync(taskId, task.HeadSha ?? throw new AgentOSException($"'{task.Title}' has no commit to merge."), cancellation);
        switch (merge.State)
        {
            case MergeState.Landed: return ("Merged", null);
            case MergeState.Failed: return ("SentBack", merge.Failure);
            default:
                await StartAsync(merge.RepositoryId, $"merge-{merge.Id:N}", cancellation);
                return (null, null);
        }
    }

    /// <summary>Starts a workflow that works the repository's queue off; with the same instance id, once.</summary>
    public async Task StartAsync(Guid repositoryId, string instance, CancellationToken cancellation)
    {
        var definition = await definitions.FindWorkflowGraphAsync("merge", Elsa.Common.Models.VersionOptions.Published, cancellation)
            ?? throw new AgentOSException("The workflow 'merge' is not published. Publish it, or restore Workflows/merge.json and start again.");
        await dispatcher.DispatchAsync(new DispatchWorkflowDefinitionRequest(definition.Workflow.Identity.Id)
        {
            InstanceId = instance,
            CorrelationId = Signals.Correlation(repositoryId),
            Input = new Dictionary<string, object> { ["RepositoryId"] = repositoryId.ToString() },
        }, new DispatchWorkflowOptions(), cancellation);
    }

    public async Task<(string Outcome, Guid? Batch)> TakeAsync(Guid repositoryId, string owner, CancellationToken cancellation) =>
        await merges.TakeBatchAsync(repositoryId, owner, LargestBatch, cancellation: cancellation) switch
        {
            BatchClaim.Taken(var batch) => ("Taken", batch.Id),
            BatchClaim.Empty => ("Empty", null),
            _ => ("Busy", null),
        };

    /// <summary>Merges what is in the batch onto the tip, in memory, and runs the checks on the result.</summary>
    /// <returns><c>Passed</c>, <c>Failed</c>, or <c>Waiting</c> while something other than the changes keeps it from being tested.</returns>
    public Task<string> TestAsync(Guid batchId, string owner, CancellationToken cancellation) => UnlessHinderedAsync(batchId, () => TestNowAsync(batchId, owner, cancellation), cancellation);

    /// <summary>Moves the branch to the tested commit by compare-and-swap, and records what landed.</summary>
    /// <returns><c>Done</c>, or <c>Waiting</c> for a person to clear what is in the way.</returns>
    public Task<string> LandAsync(Guid batchId, string owner, CancellationToken cancellation) => UnlessHinderedAsync(batchId, () => LandNowAsync(batchId, owner, cancellation), cancellation);

    /// <summary>
    /// A repository that is not where it was, a full disk, a machine without a sandbox: no fault of the changes. It is said, and the queue goes on by itself when that is mended.
    /// </summary>
    private async Task<string> UnlessHinderedAsync(Guid batchId, Func<Task<string>> step, CancellationToken cancellation)
    {
        try
        {
            return await step();
        }
        catch (Exception error) when (error is AgentOSException or IOException or UnauthorizedAccessException)
        {
            return await WaitAsync(await BatchAsync(batchId, cancellation), $"The merge waits: {error.Message.TrimEnd('.')}. When that is mended, it goes on by itself.", cancellation);
        }
    }

    private async Task<string> TestNowAsync(Guid batchId, string owner, CancellationToken cancellation)
    {
        var batch = await BatchAsync(batchId, cancellation);
        if (batch.State is not BatchState.Testing) return batch.State is BatchState.Passed or BatchState.Landing or BatchState.Landed ? "Passed" : "Failed";
        var repository = await repositories.GetAsync(batch.RepositoryId, cancellation);
        var tip = await MergeBuilder.TipAsync(repository.Path, repository.DefaultBranch, cancellation);
        var candidates = await Task.WhenAll(batch.Merges.Select(async merge => (Merge: merge, Candidate: Candidate(merge, await tasks.GetAsync(merge.TaskId, cancellation)))));
        var build = await MergeBuilder.BuildAsync(repository.Path, tip, [.. candidates.Select(c => c.Candidate)], cancellation);
        var byTask = candidates.ToDictionary(c => c.Merge.TaskId, c => c.Merge);
        var beforeIt = 0;
        foreach (var conflict in build.Merges)
        {
            if (!conflict.HasConflicts)
            {
                beforeIt++;
                continue;
            }

            var merge = byTask[conflict.Candidate.TaskId];
            if (beforeIt > 0)
            {
                // Perhaps with another of the batch, which has not landed and may never: its coder could not see what to solve yet.
                await merges.PutBackAsync(merge.Id, "it conflicts with what is tested now", cancellation);
                continue;
            }

            await merges.FailAsync(merge.Id, MergeFailure.Conflict, $"The branch has moved on, and these files conflict with it: {string.Join(", ", conflict.Conflicts)}.", cancellation);
            await signals.SendAsync(Signals.MergeDecided, merge.TaskId, cancellation);
        }

        var stacked = build.Merges.Where(m => !m.HasConflicts).ToDictionary(m => byTask[m.Candidate.TaskId].Id, m => m.Commit!);
        if (stacked.Count == 0)
        {
            await merges.RequeueAsync(batchId, owner, "nothing of the batch could be merged", cancellation);
            return "Failed";
        }

        var run = await KnownAsync(batch, build, stacked.Count, cancellation) ?? await WithLeaseAsync(batchId, owner, stop =>
            checks.RunAsync(repository, tip, build.Commit, stop), cancellation);
        var tested = await merges.RecordTestAsync(batchId, owner,
            new BatchTest(tip, build.Tree, build.Commit, run.Passed, run.ExitCode, run.Command, run.Log, run.Duration) { MergeCommits = stacked }, cancellation);
        return tested.State == BatchState.Passed ? "Passed" : "Failed";
    }

    private async Task<string> LandNowAsync(Guid batchId, string owner, CancellationToken cancellation)
    {
        var mine = await merges.BeginLandingAsync(batchId, owner, cancellation: cancellation);
        var batch = await BatchAsync(batchId, cancellation);
        if (!mine)
        {
            // Landed just before a crash: whether its tasks were told is not known.
            if (batch.State == BatchState.Landed) await TellAsync(batch, cancellation);
            return "Done";
        }

        var repository = await repositories.GetAsync(batch.RepositoryId, cancellation);
        var remote = repository.RemoteUrl is { Length: > 0 } url ? url : null;
        // The remote first: who pulls from it decides what the branch is, and may have moved it.
        if (remote is not null && await OfferAsync(batch, repository, remote, owner, cancellation) is { } held)
        {
            if (held == "Waiting" && await RemotePush.HasAsync(repository.Path, remote, repository.DefaultBranch, batch.ResultSha!, cancellation) == false)
                await merges.StepBackAsync(batchId, owner, cancellation);
            return held;
        }

        switch (await BranchLanding.LandAsync(repository.Path, repository.DefaultBranch, batch.BaseSha!, batch.ResultSha!, "agentos: merge", cancellation))
        {
            case Landing.TipMoved when remote is not null:
                return await WaitAsync(batch, $"The remote has the merge, but the branch '{repository.DefaultBranch}' of {repository.Path} has commits of its own. Bring the two together there (git pull), and it goes on by itself.", cancellation);
            case Landing.TipMoved:
                await merges.RequeueAsync(batchId, owner, "the branch moved while the merge was tested", cancellation);
                return "Done";
            case Landing.WaitingForCleanCheckout(var checkout):
                if (remote is null) await merges.StepBackAsync(batchId, owner, cancellation); // with one, it was pushed
                return await WaitAsync(batch, Waiting(checkout), cancellation);
        }

        await merges.LandAsync(batchId, batch.ResultSha!, batch.TreeSha!, cancellation);
        await TellAsync(batch, cancellation);
        return "Done";
    }

    /// <summary>A queue that broke is nobody's task: it is said once. The reviewers' heartbeat starts it again.</summary>
    public async Task SayFaultAsync(string instance, WorkflowState state, CancellationToken cancellation)
    {
        if (state.DefinitionId != "merge" || !Guid.TryParse(state.CorrelationId, out var repository) || await repositories.FindAsync(repository, cancellation) is not { } known) return;
        await log.AppendAsync(new NewActivity("merge.waiting", $"The merge queue of {known.Name} broke: {state.Incidents.LastOrDefault()?.Message ?? "it did not say why"} It is started again within minutes.")
        {
            Id = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(instance)).AsSpan(0, 16)),
        }, cancellation);
    }

    /// <summary>Until the next look at what is in the way: what has waited long is looked at less often.</summary>
    public async Task<string> PauseAsync(Guid batchId, CancellationToken cancellation)
    {
        var batch = await BatchAsync(batchId, cancellation);
        var waited = batch.Merges.Count == 0 ? TimeSpan.Zero : time.GetUtcNow() - batch.Merges.Min(merge => merge.CreatedAt);
        return TimeSpan.FromSeconds(Math.Round(Math.Clamp(waited.TotalSeconds / 20, ShortestPause.TotalSeconds, LongestPause.TotalSeconds))).ToString("c");
    }

    private static string Waiting(BusyCheckout checkout) => $"The merge waits: {checkout}. Commit or stash there, and it goes on by itself.";

    private async Task<string> WaitAsync(MergeBatch batch, string message, CancellationToken cancellation)
    {
        await SayOnceAsync(batch, message, cancellation);
        return "Waiting";
    }

    // At once, so that the engine writes them together.
    private Task TellAsync(MergeBatch batch, CancellationToken cancellation) =>
        Task.WhenAll(batch.Merges.Select(merge => signals.SendAsync(Signals.MergeDecided, merge.TaskId, cancellation)));

    /// <summary>Halves a batch that failed; a batch of one goes back to its task.</summary>
    public async Task SplitAsync(Guid batchId, string owner, CancellationToken cancellation)
    {
        var batch = await BatchAsync(batchId, cancellation);
        await merges.SplitAsync(batchId, owner, cancellation);
        await TellAsync(batch, cancellation);
    }

    /// <summary>A tree that the checks have passed already (a branch that did not move since the task's own checks) is not tested twice.</summary>
    private async Task<CheckOutcome?> KnownAsync(MergeBatch batch, MergeBuild build, int stacked, CancellationToken cancellation)
    {
        if (stacked != 1 || batch.Merges.Count != 1) return null;
        var merge = batch.Merges[0];
        var known = (await evidence.ListAsync(merge.TaskId, EvidenceKind.Test, merge.HeadSha, cancellation)).FindLast(e => e.Passed && e.TreeSha == build.Tree);
        return known is null ? null : new CheckOutcome(true, known.ExitCode, known.Command, $"The merged tree {build.Tree} is the one that passed as {merge.HeadSha} (evidence {known.Id}).", TimeSpan.Zero);
    }

    private async Task<T> WithLeaseAsync<T>(Guid batchId, string owner, Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var timer = new PeriodicTimer(LeaseRenewal);
        var running = work(lost.Token);
        while (!running.IsCompleted)
        {
            var tick = timer.WaitForNextTickAsync(cancellation).AsTask();
            if (await Task.WhenAny(running, tick) == running) break;
            if (!await merges.ExtendLeaseAsync(batchId, owner, cancellation: cancellation)) await lost.CancelAsync();
        }

        return await running;
    }

    private Task SayOnceAsync(MergeBatch batch, string message, CancellationToken cancellation) =>
        log.AppendAsync(new NewActivity("merge.waiting", message)
        {
            // The same words about the same batch are said once.
            Id = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{batch.Id}{message}")).AsSpan(0, 16)),
            TaskId = batch.Merges.Select(m => (Guid?)m.TaskId).FirstOrDefault(),
        }, cancellation);

    private async Task<MergeBatch> BatchAsync(Guid id, CancellationToken cancellation) =>
        await merges.FindBatchAsync(id, cancellation) ?? throw new NotFoundException("merge batch", id);

    // The time is the queue row's: built again after a crash, the commit is the same.
    private static MergeCandidate Candidate(Merge merge, AgentTask task) => new(task.Id, merge.HeadSha,
        $"Merge: {task.Title}\n\n{task.Result?.Trim()}\n\nTask: {task.Id}", new GitAuthor("AgentOS", "agentos@localhost", merge.CreatedAt));
}
