using LibGit2Sharp;

namespace AgentOS.Activities.Git;

internal static class IndexUpdate
{
    /// <summary>Makes the index that of a commit, and keeps what is known of the files that are the same in both.</summary>
    public static void Become(this LibGit2Sharp.Index index, Repository repository, Commit commit)
    {
        using var changes = index.IsFullyMerged
            ? repository.Diff.Compare<TreeChanges>(commit.Tree, DiffTargets.Index, null, null, new CompareOptions { Similarity = SimilarityOptions.None })
            : null;
        if (changes is null || changes.Any(change => change.Mode is Mode.GitLink || change.OldMode is Mode.GitLink))
        {
            index.Replace(commit.Tree);
        }
        else
        {
            foreach (var change in changes)
            {
                if (change.Status is LibGit2Sharp.ChangeKind.Added)
                    index.Remove(change.Path);
            }
            foreach (var change in changes)
            {
                if (change.Status is not LibGit2Sharp.ChangeKind.Added)
                    index.Add(repository.Lookup<Blob>(change.OldOid), change.Path, change.OldMode);
            }
        }
        index.Write();
    }
}
