using AgentOS.Activities.Git;
using LibGit2Sharp;

namespace AgentOS.Activities.Review.Checks;

/// <summary>Finds the checks of a repository at a commit: what judges a change is never part of the change.</summary>
public static class RepositoryChecks
{
    /// <param name="ownersChecks">What the owner set in AgentOS, as JSON or YAML; wins when it names a command.</param>
    /// <exception cref="CheckFileException">The commands cannot be read.</exception>
    public static Task<CheckPlan> AtAsync(string repositoryPath, string baseSha, string? ownersChecks = null, CancellationToken cancel = default) =>
        LibGit.RunAsync("Looking for checks", () =>
        {
            if (!string.IsNullOrWhiteSpace(ownersChecks)
                && CheckFile.Parse(ownersChecks, CheckSource.Owner, "The checks set for the repository") is { } owners && (owners.HasChecks || owners.Setup.Count > 0))
                return owners;
            using var repository = LibGit.Open(repositoryPath);
            var tree = repository.Commit(baseSha).Tree;
            if (tree[CheckFile.Name] is { TargetType: TreeEntryTargetType.Blob, Target: Blob file })
                return CheckFile.Parse(file.GetContentText(), CheckSource.File);
            return CheckDetection.Detect([.. CommitFiles.Of(tree).Select(entry => entry.Path)], path => ((Blob)tree[path].Target).GetContentText());
        }, cancel);

    /// <summary>Whether a change touches <c>.agentos.yaml</c>, and so has to wait for a person.</summary>
    public static Task<bool> AreChangedAsync(string repositoryPath, string baseSha, string headSha, CancellationToken cancel = default) =>
        LibGit.RunAsync("Comparing the checks", () =>
        {
            using var repository = LibGit.Open(repositoryPath);
            return repository.Commit(baseSha).Tree[CheckFile.Name]?.Target.Id != repository.Commit(headSha).Tree[CheckFile.Name]?.Target.Id;
        }, cancel);
}
