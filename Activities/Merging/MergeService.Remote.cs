using AgentOS.Activities.Git;
using AgentOS.Kernel.Merging;
using AgentOS.Kernel.Repositories;

namespace AgentOS.Activities.Merging;

public sealed partial class MergeService
{
    /// <summary>
    /// Pushes what was tested, once the branch here could be moved to it. When the remote's branch has moved on, the branch here follows it, and the batch is
    /// tested again on top.
    /// </summary>
    /// <returns>Null when the remote has the merge; else what the workflow does next.</returns>
    private async Task<string?> OfferAsync(MergeBatch batch, Repository repository, string remote, string owner, CancellationToken cancellation)
    {
        var (path, branch, result) = (repository.Path, repository.DefaultBranch, batch.ResultSha!);
        switch (await BranchLanding.ObstacleAsync(path, branch, batch.BaseSha!, result, cancellation))
        {
            case Landing.TipMoved when await RemotePush.HasAsync(path, remote, branch, result, cancellation) == true:
                return null; // pushed just before a crash
            case Landing.TipMoved:
                await merges.RequeueAsync(batch.Id, owner, "the branch moved while the merge was tested", cancellation);
                return "Done";
            case Landing.WaitingForCleanCheckout(var checkout):
                return await WaitAsync(batch, Waiting(checkout), cancellation);
        }

        var push = await RemotePush.PushAsync(path, remote, branch, result, cancellation);
        if (push.Outcome == PushOutcome.Pushed) return null;
        if (push.Outcome == PushOutcome.Failed) return await WaitAsync(batch, $"The remote did not take the branch: {push.Message}", cancellation);
        string theirs;
        try
        {
            theirs = await RemotePush.FetchAsync(path, remote, branch, cancellation);
        }
        catch (RepositoryException error)
        {
            return await WaitAsync(batch, error.Message, cancellation);
        }

        if (await MergeBuilder.ContainsAsync(path, theirs, result, cancellation)) return null; // pushed, and others went on from it
        if (!await MergeBuilder.ContainsAsync(path, theirs, batch.BaseSha!, cancellation))
            return await WaitAsync(batch, $"The branch '{branch}' of {path} and the remote's have both gone on. Bring them together there (git pull), and it goes on by itself.", cancellation);
        if (await BranchLanding.LandAsync(path, branch, batch.BaseSha!, theirs, "agentos: follow the remote", cancellation) is Landing.WaitingForCleanCheckout(var busy))
            return await WaitAsync(batch, Waiting(busy), cancellation);
        await merges.RequeueAsync(batch.Id, owner, "the remote's branch has moved on", cancellation);
        return "Done";
    }
}
