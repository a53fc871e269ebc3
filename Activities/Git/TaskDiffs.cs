using System.Text.Json;
using AgentOS.Kernel.Changes;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Tasks;
using LibGit2Sharp;
using Repository = LibGit2Sharp.Repository;

namespace AgentOS.Activities.Git;

/// <summary>
/// Reads what tasks changed, for people to look at: of a workspace that is on this machine the last snapshot, else the commit that is judged or has landed. It only reads,
/// and holds nothing that the work on the task waits for.
/// </summary>
public sealed class TaskDiffs(Workspaces workspaces, RepositoryStore repositories)
{
    private const int MostFiles = 300;
    private const long MostCounted = 4 << 20;
    private const long LongestText = 400_000;

    private static readonly CompareOptions Similar = new() { Similarity = SimilarityOptions.Renames };

    public ChangeReader Reader => new(ListAsync, ReadAsync);

    private async Task<TaskChanges> ListAsync(AgentTask task, CancellationToken cancellation)
    {
        var path = await PathAsync(task, cancellation);
        return await ReadingAsync(() =>
        {
            if (IsUnderWay(task) && workspaces.Peek(task.Id) is { } workspace)
            {
                using var clone = LibGit.Open(workspace.GitDirectory);
                var snapshot = clone.Refs[WorkspaceWork.SnapshotReference]?.ResolveToDirectReference().TargetIdentifier;
                if (snapshot is not null && snapshot != workspace.BaseSha) return List(clone, workspace.BaseSha, snapshot, isUnderWay: true);
            }

            if (task.HeadSha is null || path is null) return Nothing("Nothing is changed yet.");
            using var repository = LibGit.Open(path);
            var (from, to) = Ends(repository, task);
            return from is null ? Nothing("The commit is not in the repository any more.") : List(repository, from, to, isUnderWay: false);
        }, Nothing, cancellation);

        static TaskChanges Nothing(string why) => new(null, null, false, [], 0, why);
    }

    private async Task<FileTexts> ReadAsync(AgentTask task, TaskChanges changes, ChangedFile file, CancellationToken cancellation)
    {
        if (changes is not { BaseSha: { } from, HeadSha: { } to } || await PathAsync(task, cancellation) is not { } path) return new(null, null, "There is nothing to compare.");
        return await ReadingAsync(() =>
        {
            using var repository = LibGit.Open(changes.IsUnderWay && workspaces.Peek(task.Id) is { } workspace ? workspace.GitDirectory : path);
            var (before, after) = (Entry(repository.Commit(from), file.OldPath ?? file.Path), Entry(repository.Commit(to), file.Path));
            foreach (var side in (TreeEntry?[])[before, after])
            {
                if (side is { TargetType: TreeEntryTargetType.GitLink }) return new(null, null, "A submodule: it names another commit now.");
                if (side is not null && repository.ObjectDatabase.RetrieveObjectMetadata(side.Target.Id).Size > LongestText) return new(null, null, "The file is too large to be shown here.");
                if (side?.Target is Blob { IsBinary: true }) return new(null, null, "A binary file.");
            }

            return new FileTexts((before?.Target as Blob)?.GetContentText(), (after?.Target as Blob)?.GetContentText());
        }, why => new(null, null, why), cancellation);

        static TreeEntry? Entry(Commit commit, string at) => commit[at];
    }

    private static bool IsUnderWay(AgentTask task) => task.Status is not (TaskState.Review or TaskState.Done);

    private async Task<string?> PathAsync(AgentTask task, CancellationToken cancellation) =>
        task.RepositoryId is { } repository ? (await repositories.FindAsync(repository, cancellation))?.Path : null;

    /// <summary>What is wrong with a repository is something to be shown, not a failure of whoever looks.</summary>
    private static async Task<T> ReadingAsync<T>(Func<T> read, Func<string, T> problem, CancellationToken cancellation)
    {
        try
        {
            return await LibGit.RunAsync("Reading the changes", read, cancellation);
        }
        catch (Exception error) when (error is RepositoryException or IOException or UnauthorizedAccessException or JsonException)
        {
            return problem(error.Message);
        }
    }

    /// <summary>Base and head; of a head that was collected since, what its merge brought.</summary>
    private static (string? From, string To) Ends(Repository repository, AgentTask task)
    {
        if (task.BaseSha is { } from && repository.Lookup<Commit>(from) is not null && repository.Lookup<Commit>(task.HeadSha) is not null) return (from, task.HeadSha!);
        var merged = task.MergedSha is { } sha ? repository.Lookup<Commit>(sha) : null;
        return (merged?.Parents.FirstOrDefault()?.Sha, merged?.Sha ?? "");
    }

    private static TaskChanges List(Repository repository, string from, string to, bool isUnderWay)
    {
        var (before, after) = (repository.Commit(from).Tree, repository.Commit(to).Tree);
        using var changes = repository.Diff.Compare<TreeChanges>(before, after, Similar);
        var listed = changes.Take(MostFiles).ToList();
        Dictionary<string, PatchEntryChanges> counted = [];
        using var patch = changes.Count <= MostFiles && listed.Sum(change => Size(repository, change.Oid) + Size(repository, change.OldOid)) < MostCounted
            ? repository.Diff.Compare<Patch>(before, after, Similar) : null;
        foreach (var one in patch?.AsEnumerable() ?? []) counted[one.Path] = one;
        return new(from, to, isUnderWay, [.. listed.Select(change => File(change, counted.GetValueOrDefault(change.Path)))], changes.Count - listed.Count);
    }

    private static ChangedFile File(TreeEntryChanges change, PatchEntryChanges? counts) => new(
        change.Path,
        change.Status switch
        {
            LibGit2Sharp.ChangeKind.Added or LibGit2Sharp.ChangeKind.Copied => FileFate.Added,
            LibGit2Sharp.ChangeKind.Deleted => FileFate.Deleted,
            LibGit2Sharp.ChangeKind.Renamed => FileFate.Renamed,
            _ => FileFate.Modified,
        },
        change.OldPath == change.Path ? null : change.OldPath, counts?.LinesAdded, counts?.LinesDeleted, counts?.IsBinaryComparison ?? false);

    private static long Size(Repository repository, ObjectId id) => repository.ObjectDatabase.Contains(id) ? repository.ObjectDatabase.RetrieveObjectMetadata(id).Size : 0;
}
