using AgentOS.Activities.Coding.Tools;
using LibGit2Sharp;

namespace AgentOS.Activities.Git;

/// <summary>What is done in a workspace.</summary>
public static class WorkspaceWork
{
    internal const string SnapshotReference = "refs/agentos/snapshot";

    /// <summary>Of a larger file a diff says that it changed, not how.</summary>
    private const long LargestShown = 4 << 20;

    private static readonly CompareOptions Similar = new() { Similarity = SimilarityOptions.Renames };

    /// <summary>Keeps the state of the working tree as a commit on a private ref. Costs a look at the tree when nothing changed.</summary>
    /// <param name="step">What was done, for the commit's message.</param>
    /// <returns>The snapshot's commit, or the base when nothing was ever changed.</returns>
    public static Task<string> SnapshotAsync(this Workspace workspace, string step, CancellationToken cancel = default) =>
        LibGit.RunAsync("The snapshot", () =>
        {
            using var repository = Open(workspace);
            var last = repository.Refs[SnapshotReference]?.ResolveToDirectReference().TargetIdentifier ?? workspace.BaseSha;
            WorkspaceIndex.StageAll(repository, out _);
            var parent = repository.Commit(last);
            var tree = repository.ObjectDatabase.CreateTree(repository.Index);
            if (tree.Id == parent.Tree.Id)
                return last;
            var commit = repository.ObjectDatabase.CreateCommit(Host(), Host(), step, tree, [parent], prettifyMessage: true);
            repository.Refs.Add(SnapshotReference, commit.Id, allowOverwrite: true);
            return commit.Sha;
        }, cancel, workspace.GitDirectory);

    /// <summary>Makes the working tree what it was at a snapshot. Ignored files stay as they are.</summary>
    public static Task RestoreAsync(this Workspace workspace, string sha, CancellationToken cancel = default) =>
        LibGit.RunAsync("Restoring the snapshot", () =>
        {
            using var repository = Open(workspace);
            var commit = repository.Commit(sha);
            WorkspaceIndex.Restore(repository, commit);
            repository.Refs.Add(SnapshotReference, commit.Id, allowOverwrite: true);
            return sha;
        }, cancel, workspace.GitDirectory);

    /// <summary>Makes one tidy commit of all changes on top of the base, on the task's branch.</summary>
    /// <returns>The head, or null when the task changed nothing.</returns>
    public static Task<string?> CommitAsync(this Workspace workspace, string message, GitAuthor author, CancellationToken cancel = default) =>
        LibGit.RunAsync("The commit", () =>
        {
            using var repository = Open(workspace);
            WorkspaceIndex.StageAll(repository, out _);
            var parent = repository.Commit(workspace.BaseSha);
            var tree = repository.ObjectDatabase.CreateTree(repository.Index);
            if (tree.Id == parent.Tree.Id)
                return null;
            var signature = author.Signature();
            var commit = repository.ObjectDatabase.CreateCommit(signature, signature, message, tree, [parent], prettifyMessage: true);
            repository.Refs.Add($"refs/heads/{workspace.Branch}", commit.Id, allowOverwrite: true);
            return commit.Sha;
        }, cancel, workspace.GitDirectory);

    /// <summary>All that the task changed since its base, committed or not.</summary>
    public static Task<WorkspaceDiff> DiffAsync(this Workspace workspace, CancellationToken cancel = default) =>
        LibGit.RunAsync("The diff", () =>
        {
            using var repository = Open(workspace);
            WorkspaceIndex.StageAll(repository, out var leftOut);
            var tree = repository.ObjectDatabase.CreateTree(repository.Index);
            return Diff(repository, repository.Commit(workspace.BaseSha).Tree, tree, leftOut);
        }, cancel);

    /// <summary>What lies between two commits of a repository.</summary>
    public static Task<WorkspaceDiff> DiffAsync(string repositoryPath, string from, string to, CancellationToken cancel = default) =>
        LibGit.RunAsync("The diff", () =>
        {
            using var repository = LibGit.Open(repositoryPath);
            return Diff(repository, repository.Commit(from).Tree, repository.Commit(to).Tree, []);
        }, cancel);

    /// <summary>
    /// Moves the task's work onto a newer tip: merges what it can, and leaves conflict markers where it cannot.
    /// The next commit has the tip as parent. Repeatable: starts from <paramref name="headSha"/> each time.
    /// </summary>
    public static Task<MovedWorkspace> MergeTipAsync(this Workspace workspace, string headSha, string tipSha, GitAuthor author, CancellationToken cancel = default) =>
        LibGit.RunAsync("Moving the workspace onto the tip", () =>
        {
            using var repository = Open(workspace);
            var head = repository.Commit(headSha);
            var tip = repository.Commit(tipSha);
            WorkspaceIndex.Restore(repository, head);
            repository.Refs.Add($"refs/heads/{workspace.Branch}", head.Id, allowOverwrite: true);
            repository.Merge(tip, author.Signature(), new MergeOptions
            {
                CommitOnSuccess = false, FastForwardStrategy = FastForwardStrategy.NoFastForward,
                FileConflictStrategy = CheckoutFileConflictStrategy.Merge,
            });
            var conflicts = repository.Index.Conflicts
                .Select(conflict => (conflict.Ours ?? conflict.Theirs ?? conflict.Ancestor).Path).Distinct().Order(StringComparer.Ordinal).ToList();
            // From here on the workspace is an ordinary one with changes on top of the tip.
            repository.Index.Replace(tip.Tree);
            repository.Index.Write();
            foreach (var left in (string[])["MERGE_HEAD", "MERGE_MSG", "MERGE_MODE"])
                File.Delete(Path.Combine(workspace.GitDirectory, left));
            repository.Refs.Add(SnapshotReference, tip.Id, allowOverwrite: true);
            var moved = workspace with { BaseSha = tip.Sha };
            WorkspaceRecord.Save(moved, WorkspaceRecord.Load(moved).AskedBase);
            return new MovedWorkspace(moved, conflicts);
        }, cancel, workspace.GitDirectory);

    /// <summary>Of these files, those that still hold conflict markers.</summary>
    public static async Task<IReadOnlyList<string>> UnresolvedAsync(this Workspace workspace, IEnumerable<string> paths, CancellationToken cancel = default)
    {
        var unresolved = new List<string>();
        var files = new WorkspaceFiles(workspace.Path);
        foreach (var path in paths)
        {
            await using var file = files.TryOpenRead(path);
            if (file is null || file.Length > LargestShown)
                continue;
            using var reader = new StreamReader(file);
            var lines = (await reader.ReadToEndAsync(cancel)).Split('\n');
            if (lines.Any(line => line.StartsWith("<<<<<<< ", StringComparison.Ordinal)) && lines.Any(line => line.StartsWith(">>>>>>> ", StringComparison.Ordinal)))
                unresolved.Add(path);
        }
        return unresolved;
    }

    /// <summary>Copies a commit of the workspace into the managed repository, under <c>refs/agentos/tasks/</c>. Repeatable.</summary>
    /// <returns>The name of the ref.</returns>
    public static Task<string> PublishAsync(this Workspace workspace, string sha, CancellationToken cancel = default) =>
        LibGit.RunAsync("Publishing the commit", () =>
        {
            using var repository = Open(workspace);
            var common = ManagedRepository.CommonDirectoryOf(workspace.RepositoryPath);
            using var managed = LibGit.Open(common);
            ObjectTransfer.Copy(repository, Path.Combine(workspace.GitDirectory, "objects"), managed, Path.Combine(common, "objects"), repository.Commit(sha));
            var name = PublishedReference(workspace.TaskId);
            managed.Refs.Add(name, new ObjectId(sha), allowOverwrite: true);
            return name;
        }, cancel);

    /// <summary>Takes the task's ref out of the managed repository.</summary>
    public static Task UnpublishAsync(string repositoryPath, Guid taskId, CancellationToken cancel = default) =>
        LibGit.RunAsync("Removing the task's ref", () =>
        {
            using var managed = LibGit.Open(repositoryPath);
            managed.Refs.Remove(PublishedReference(taskId));
            return true;
        }, cancel);

    public static string PublishedReference(Guid taskId) => $"refs/agentos/tasks/{taskId:N}";

    private static Repository Open(Workspace workspace) => LibGit.Open(workspace.GitDirectory, workspace.Path);

    private static Signature Host() => new("AgentOS", "agentos@localhost", DateTimeOffset.UtcNow);

    private static WorkspaceDiff Diff(Repository repository, Tree from, Tree to, IReadOnlyList<string> leftOut)
    {
        using var changes = repository.Diff.Compare<TreeChanges>(from, to, Similar);
        var large = changes.Where(change => Size(repository, change.Oid) > LargestShown || Size(repository, change.OldOid) > LargestShown).ToList();
        if (large.Count == 0)
            return Diff(repository.Diff.Compare<Patch>(from, to, Similar), [], leftOut);
        var left = large.Select(change => change.Path).ToHashSet(StringComparer.Ordinal);
        string[] shown = [.. changes.Where(change => !left.Contains(change.Path)).SelectMany(change => (string[])[change.Path, change.OldPath]).Distinct()];
        return Diff(shown.Length == 0 ? null : repository.Diff.Compare<Patch>(from, to, shown, new ExplicitPathsOptions { ShouldFailOnUnmatchedPath = false }, Similar), large, leftOut);
    }

    private static long Size(Repository repository, ObjectId id) => repository.ObjectDatabase.Contains(id) ? repository.ObjectDatabase.RetrieveObjectMetadata(id).Size : 0;

    private static WorkspaceDiff Diff(Patch? patch, IEnumerable<TreeEntryChanges> large, IReadOnlyList<string> leftOut)
    {
        using var disposed = patch;
        var files = (patch?.AsEnumerable() ?? []).Select(change => File(change.Path, change.OldPath, change.Status, change.LinesAdded, change.LinesDeleted))
            .Concat(large.Select(change => File(change.Path, change.OldPath, change.Status, 0, 0)));
        var text = patch?.Content + string.Concat(large.Select(change => $"diff --git a/{change.OldPath} b/{change.Path}\n[too large to be shown here]\n"));
        return new([.. files], text, leftOut);

        static FileChange File(string path, string oldPath, LibGit2Sharp.ChangeKind status, int added, int deleted) => new(path, status switch
        {
            LibGit2Sharp.ChangeKind.Added or LibGit2Sharp.ChangeKind.Copied => ChangeKind.Added,
            LibGit2Sharp.ChangeKind.Deleted => ChangeKind.Deleted,
            LibGit2Sharp.ChangeKind.Renamed => ChangeKind.Renamed,
            LibGit2Sharp.ChangeKind.TypeChanged => ChangeKind.TypeChanged,
            _ => ChangeKind.Modified,
        }, added, deleted, oldPath == path ? null : oldPath);
    }
}
