using System.Diagnostics;
using System.Text.Json;
using LibGit2Sharp;

namespace AgentOS.Activities.Git;

/// <summary>
/// Makes, keeps and removes the private clones of tasks. One folder a task, with <c>tree</c> (what commands see),
/// <c>git</c> (what only the host writes) and <c>workspace.json</c>. A folder that has its final name is complete.
/// </summary>
/// <param name="root">The folder that holds all workspaces of this data folder.</param>
public sealed class Workspaces(string root)
{
    private const string Making = ".new-";
    private const string Removing = ".gone-";
    private static readonly TimeSpan OrphanAge = TimeSpan.FromHours(1);

    /// <summary>Opens the task's workspace, or makes it from the base commit. Work that is already in it is kept.</summary>
    /// <exception cref="RepositoryException">The repository, commit or branch cannot be used.</exception>
    public Task<Workspace> PrepareAsync(Guid taskId, string repositoryPath, string baseSha, string branch, CancellationToken cancel = default)
    {
        if (!Reference.IsValidName($"refs/heads/{branch}"))
            throw new RepositoryException($"'{branch}' is not a name that git allows for a branch.");
        return LibGit.RunAsync("Preparing the workspace", () => Open(taskId, baseSha) ?? Make(taskId, repositoryPath, baseSha, branch), cancel);
    }

    /// <summary>A fresh checkout of one commit, to run checks in. Remove it afterwards.</summary>
    public Task<Workspace> CheckoutAsync(string repositoryPath, string sha, CancellationToken cancel = default) =>
        LibGit.RunAsync("Checking out", () => Make(Guid.CreateVersion7(), repositoryPath, sha, "", Environment.ProcessId), cancel);

    /// <summary>The task's workspace as it is now, or null when there is none.</summary>
    public Task<Workspace?> FindAsync(Guid taskId, CancellationToken cancel = default) =>
        LibGit.RunAsync("Opening the workspace", () => Open(taskId, baseSha: null), cancel);

    /// <summary>The task's workspace for someone who only looks: what is not there, or is being made or removed, is null and stays as it is.</summary>
    internal Workspace? Peek(Guid taskId)
    {
        try
        {
            var record = WorkspaceRecord.Load(Folder(taskId));
            return new(taskId, Path.Combine(Folder(taskId), "tree"), record.RepositoryPath, record.Branch, record.BaseSha);
        }
        catch (Exception none) when (none is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public Task RemoveAsync(Guid taskId, CancellationToken cancel = default) => Task.Run(() => Remove(Folder(taskId)), cancel);

    /// <summary>
    /// Removes what no living task owns: workspaces, and the remains of a crash. Young folders are left alone, but for checkouts whose process is gone
    /// and for what was on its way out.
    /// </summary>
    /// <returns>How many folders were removed.</returns>
    public Task<int> RemoveOrphansAsync(IReadOnlySet<Guid> living, DateTimeOffset now, CancellationToken cancel = default) => Task.Run(() =>
    {
        var orphans = Directory.Exists(root) ? Directory.GetDirectories(root) : [];
        orphans = [.. orphans.Where(folder => IsGoing(folder) || (IsOrphan(Path.GetFileName(folder)) && (now - Directory.GetLastWriteTimeUtc(folder) > OrphanAge || IsLeftByProcess(folder))))];
        foreach (var folder in orphans)
            Remove(folder);
        return orphans.Length;

        bool IsOrphan(string name) => Guid.TryParseExact(name, "N", out var id) ? !living.Contains(id) : name.StartsWith(Making, StringComparison.Ordinal);
    }, cancel);

    private static bool IsGoing(string folder) => Path.GetFileName(folder).StartsWith(Removing, StringComparison.Ordinal);

    private static bool IsLeftByProcess(string folder)
    {
        try
        {
            if (WorkspaceRecord.Load(folder).Process is not { } id) return false;
            using var process = Process.GetProcessById(id);
            return process.HasExited;
        }
        catch (ArgumentException)
        {
            return true; // there is no such process
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException or InvalidOperationException)
        {
            return false; // being made, or gone meanwhile
        }
    }

    private string Folder(Guid taskId) => Path.Combine(root, taskId.ToString("N"));

    private Workspace? Open(Guid taskId, string? baseSha)
    {
        var folder = Folder(taskId);
        if (!Directory.Exists(folder))
            return null;
        try
        {
            var record = WorkspaceRecord.Load(folder);
            if (baseSha is null || baseSha == record.AskedBase || baseSha == record.BaseSha)
            {
                using var repository = LibGit.Open(Path.Combine(folder, "git"));
                repository.Commit(record.BaseSha);
                return new(taskId, Path.Combine(folder, "tree"), record.RepositoryPath, record.Branch, record.BaseSha);
            }
        }
        catch (Exception broken) when (broken is JsonException or IOException or LibGit2SharpException or RepositoryException)
        {
            // Made again below: what counts of it is in snapshots of the task, or was never finished.
        }
        Remove(folder);
        return null;
    }

    private Workspace Make(Guid taskId, string repositoryPath, string baseSha, string branch, int? process = null)
    {
        var common = ManagedRepository.CommonDirectoryOf(repositoryPath);
        var making = Path.Combine(root, $"{Making}{Guid.NewGuid():N}");
        try
        {
            var workspace = new Workspace(taskId, Path.Combine(making, "tree"), repositoryPath, branch, baseSha);
            PrivateClone.Create(workspace, common);
            WorkspaceRecord.Save(workspace, askedBase: baseSha, process);
            Directory.Move(making, Folder(taskId));
            return workspace with { Path = Path.Combine(Folder(taskId), "tree") };
        }
        catch
        {
            Remove(making);
            throw;
        }
    }

    private void Remove(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        var gone = folder;
        try
        {
            if (!IsGoing(folder))
            {
                gone = Path.Combine(root, $"{Removing}{Guid.NewGuid():N}");
                Directory.Move(folder, gone);
            }

            FolderRemoval.Remove(gone);
        }
        catch (IOException) when (!Directory.Exists(folder) || IsGoing(folder))
        {
            // It is nobody's any more, whoever moved it away; what a process still holds on to goes with the next clean-up.
        }
    }
}
