using AgentOS.Activities.Git;

namespace AgentOS.Activities.Merging;

/// <summary>Moves a branch to exactly the commit that was tested, and brings clean checkouts of it along.</summary>
public static class BranchLanding
{
    /// <summary>
    /// Lands a commit. Repeatable: after a crash the same call finishes what was begun, or begins.
    /// </summary>
    /// <param name="expectedTip">Where the branch must be.</param>
    /// <param name="reason">For the branch's reflog.</param>
    public static async Task<Landing> LandAsync(
        string repositoryPath, string branch, string expectedTip, string commit, string reason, CancellationToken cancel = default)
    {
        var common = ManagedRepository.CommonDirectoryOf(repositoryPath);
        var (decided, held) = await HoldAsync(repositoryPath, common, branch, expectedTip, commit, cancel);
        try
        {
            if (decided is not null)
                return decided;
            cancel.ThrowIfCancellationRequested();
            if (await MoveAsync(common, branch, expectedTip, commit, reason) is { } actual)
                return new Landing.TipMoved(actual);
            // From the moment that git is asked it may have landed: no cancellation, only a crash can leave a checkout behind, and its mark says so.
            return new Landing.Landed([.. held.Select(update => update.Apply()).OfType<BusyCheckout>()]);
        }
        finally
        {
            held.ForEach(update => update.Dispose());
        }
    }

    /// <summary>Why a commit could not land now, or null. Changes nothing.</summary>
    public static async Task<Landing?> ObstacleAsync(string repositoryPath, string branch, string expectedTip, string commit, CancellationToken cancel = default)
    {
        var (decided, held) = await HoldAsync(repositoryPath, ManagedRepository.CommonDirectoryOf(repositoryPath), branch, expectedTip, commit, cancel);
        held.ForEach(update => update.Dispose());
        return decided is Landing.Landed ? null : decided;
    }

    /// <summary>Looks whether the branch and its checkouts are as they must be, and keeps their owner from changing them until what is held is let go.</summary>
    /// <returns>What came of it already, or null.</returns>
    private static async Task<(Landing? Decided, List<CheckoutUpdate> Held)> HoldAsync(
        string repositoryPath, string common, string branch, string expectedTip, string commit, CancellationToken cancel)
    {
        var held = new List<CheckoutUpdate>();
        var checkouts = Checkout.Of(common, branch);
        var tip = await MergeBuilder.TipAsync(repositoryPath, branch, cancel);
        var behind = checkouts.Select(checkout => checkout.Finish(tip)).OfType<BusyCheckout>().ToList();
        if (tip == commit || await MergeBuilder.ContainsAsync(repositoryPath, branch, commit, cancel))
            return (new Landing.Landed(behind), held);
        if (tip != expectedTip)
            return (new Landing.TipMoved(tip), held);
        if (behind.Count > 0)
            return (new Landing.WaitingForCleanCheckout(behind[0]), held);
        foreach (var checkout in checkouts)
        {
            var (update, busy) = checkout.Begin(expectedTip, commit);
            if (busy is not null)
            {
                held.ForEach(each => each.Dispose());
                return (new Landing.WaitingForCleanCheckout(busy), []);
            }
            held.Add(update!);
        }
        return (null, held);
    }

    /// <returns>Null, or where the branch is instead.</returns>
    private static async Task<string?> MoveAsync(string common, string branch, string expected, string commit, string reason)
    {
        var result = await HostGit.RunAsync(common, ["update-ref", "-m", reason, $"refs/heads/{branch}", commit, expected]);
        if (result.ExitCode == 0)
            return null;
        using var repository = LibGit.Open(common);
        var actual = repository.Branches[$"refs/heads/{branch}"]?.Tip?.Sha;
        return actual == commit ? null
            : actual is not null && actual != expected ? actual
            : throw new RepositoryException($"The branch '{branch}' of '{common}' could not be moved: {result.Errors}");
    }
}
