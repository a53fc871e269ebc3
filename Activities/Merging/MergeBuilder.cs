using AgentOS.Activities.Git;
using LibGit2Sharp;

namespace AgentOS.Activities.Merging;

public enum MergeStyle
{
    /// <summary>A merge commit with the tip and the head as parents.</summary>
    Merge,
    /// <summary>One commit on the tip.</summary>
    Squash,
}

/// <summary>A head that waits to be merged. Its commit follows from these values and the tip alone, so that it is recognised after a crash.</summary>
/// <param name="Author">With the time at which it was queued, not the time of the attempt.</param>
public sealed record MergeCandidate(Guid TaskId, string Head, string Message, GitAuthor Author, MergeStyle Style = MergeStyle.Merge);

/// <summary>What became of a candidate.</summary>
/// <param name="Commit">The commit on top of all before it, or null when it conflicts.</param>
/// <param name="Conflicts">The files that both sides changed.</param>
public sealed record BuiltMerge(MergeCandidate Candidate, string? Commit, string? Tree, IReadOnlyList<string> Conflicts)
{
    public bool HasConflicts => Commit is null;
}

/// <summary>Candidates merged one upon the other; those with conflicts are left out.</summary>
/// <param name="Commit">What is to be tested and landed: the tip itself when nothing could be merged.</param>
public sealed record MergeBuild(string Tip, string Commit, string Tree, IReadOnlyList<BuiltMerge> Merges);

/// <summary>Merges in memory. Writes objects into the repository and touches no branch and no file.</summary>
public static class MergeBuilder
{
    private static readonly MergeTreeOptions Options = new() { FailOnConflict = false };

    /// <exception cref="RepositoryException">A commit is not there, or the repository cannot be read.</exception>
    public static Task<MergeBuild> BuildAsync(
        string repositoryPath, string tipSha, IReadOnlyList<MergeCandidate> candidates, CancellationToken cancel = default) =>
        LibGit.RunAsync("The merge", () =>
        {
            using var repository = LibGit.Open(repositoryPath);
            var tip = repository.Commit(tipSha);
            var merges = new List<BuiltMerge>();
            foreach (var candidate in candidates)
            {
                cancel.ThrowIfCancellationRequested();
                var merge = Merge(repository, tip, candidate);
                merges.Add(merge);
                if (merge.Commit is { } commit)
                    tip = repository.Commit(commit);
            }
            return new MergeBuild(tipSha, tip.Sha, tip.Tree.Sha, merges);
        }, cancel);

    /// <summary>The commit at the tip of a branch.</summary>
    public static Task<string> TipAsync(string repositoryPath, string branch, CancellationToken cancel = default) =>
        LibGit.RunAsync("Reading the branch", () => ManagedRepository.Inspect(repositoryPath, branch).Head, cancel);

    /// <summary>Whether a branch, or a commit, has a commit behind it: how a landed merge is recognised after a crash.</summary>
    public static Task<bool> ContainsAsync(string repositoryPath, string branch, string sha, CancellationToken cancel = default) =>
        LibGit.RunAsync("Reading the branch", () =>
        {
            using var repository = LibGit.Open(repositoryPath);
            return Contains(repository, repository.Branches[$"refs/heads/{branch}"]?.Tip ?? (ObjectId.TryParse(branch, out var id) ? repository.Lookup<Commit>(id) : null), sha);
        }, cancel);

    internal static bool Contains(Repository repository, Commit? tip, string sha) =>
        tip is not null && repository.Lookup<Commit>(sha) is { } commit && repository.ObjectDatabase.FindMergeBase(tip, commit)?.Id == commit.Id;

    private static BuiltMerge Merge(Repository repository, Commit tip, MergeCandidate candidate)
    {
        var head = repository.Commit(candidate.Head);
        if (Contains(repository, tip, head.Sha))
            return new(candidate, tip.Sha, tip.Tree.Sha, []);
        var merged = repository.ObjectDatabase.MergeCommits(tip, head, Options);
        if (merged.Status is MergeTreeStatus.Conflicts)
        {
            return new(candidate, null, null, [.. merged.Conflicts
                .Select(conflict => (conflict.Ours ?? conflict.Theirs ?? conflict.Ancestor).Path).Distinct().Order(StringComparer.Ordinal)]);
        }
        var signature = candidate.Author.Signature();
        var author = candidate.Style is MergeStyle.Squash ? head.Author : signature;
        var commit = repository.ObjectDatabase.CreateCommit(author, signature, candidate.Message, merged.Tree,
            candidate.Style is MergeStyle.Squash ? [tip] : [tip, head], prettifyMessage: true);
        return new(candidate, commit.Sha, merged.Tree.Sha, []);
    }
}
