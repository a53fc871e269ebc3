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
        var checkouts = Checkout.Of(common, branch);
        var tip = await MergeBuilder.TipAsync(repositoryPath, branch, cancel);
        var behind = checkouts.Select(checkout => checkout.Finish(tip)).OfType<BusyCheckout>().ToList();
        if (tip == commit || await MergeBuilder.ContainsAsync(repositoryPath, branch, commit, cancel))
            return new Landing.Landed(behind);
        if (tip != expectedTip)
            return new Landing.TipMoved(tip);
        if (behind.Count > 0)
            return new Landing.WaitingForCleanCheckout(behind[0]);

        var held = new List<CheckoutUpdate>();
        try
        {
            foreach (var checkout in checkouts)
            {
                var (update, busy) = checkout.Begin(expectedTip, commit);
                if (busy is not null)
                    return new Landing.WaitingForCleanCheckout(busy);
                held.Add(update!);
            }
            if (await MoveAsync(common, branch, expectedTip, commit, reason, cancel) is { } actual)
                return new Landing.TipMoved(actual);
            // From here on it has landed: no cancellation, only a crash can leave a checkout behind, and its mark says so.
            return new Landing.Landed([.. held.Select(update => update.Apply()).OfType<BusyCheckout>()]);
        }
        finally
        {
            held.ForEach(update => update.Dispose());
        }
    }

    /// <returns>Null, or where the branch is instead.</returns>
    private static async Task<string?> MoveAsync(string common, string branch, string expected, string commit, string reason, CancellationToken cancel)
    {
        var result = await HostGit.RunAsync(common, ["update-ref", "-m", reason, $"refs/heads/{branch}", commit, expected], cancel: cancel);
        if (result.ExitCode == 0)
            return null;
        using var repository = LibGit.Open(common);
        var actual = repository.Branches[$"refs/heads/{branch}"]?.Tip?.Sha;
        return actual == commit ? null
            : actual is not null && actual != expected ? actual
            : throw new RepositoryException($"The branch '{branch}' of '{common}' could not be moved: {result.Errors}");
    }
}
