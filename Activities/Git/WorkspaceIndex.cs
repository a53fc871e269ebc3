using System.Buffers;
using AgentOS.Activities.Coding.Tools;
using LibGit2Sharp;

namespace AgentOS.Activities.Git;

/// <summary>Brings the index of a workspace to the state of its working tree, and back.</summary>
internal static class WorkspaceIndex
{
    /// <summary>A new file, or one that has grown, above this many bytes is a product or a core dump, not a change.</summary>
    public const long LargestNewFile = 32 << 20;

    private static readonly SearchValues<char> Pattern = SearchValues.Create(@"*?[]\!");

    private static readonly StatusOptions WorkingTree = new()
    {
        Show = StatusShowOption.WorkDirOnly, IncludeUntracked = true, RecurseUntrackedDirs = true, IncludeIgnored = false,
        ExcludeSubmodules = true, DetectRenamesInWorkDir = false, DetectRenamesInIndex = false,
    };

    /// <summary>Stages all changes but ignored files.</summary>
    /// <param name="leftOut">New files that are too large.</param>
    /// <returns>Whether there was any.</returns>
    public static bool StageAll(Repository repository, out IReadOnlyList<string> leftOut)
    {
        var tooLarge = new List<string>();
        var changed = false;
        foreach (var entry in repository.RetrieveStatus(WorkingTree))
        {
            var full = Path.Combine(repository.Info.WorkingDirectory, entry.FilePath);
            if (entry.State is FileStatus.NewInWorkdir && entry.FilePath.EndsWith('/'))
                changed |= StageNestedRepository(repository, entry.FilePath, tooLarge);
            else if (IsTooLarge(full) && !(repository.Index[entry.FilePath] is { } known && repository.ObjectDatabase.RetrieveObjectMetadata(known.Id).Size > LargestNewFile))
                tooLarge.Add(entry.FilePath);
            else
                changed |= Stage(repository, entry);
        }
        if (changed)
            repository.Index.Write();
        leftOut = tooLarge;
        return changed;
    }

    /// <summary>Makes the working tree exactly the commit's, ignored files aside. Touches only what differs.</summary>
    public static void Restore(Repository repository, Commit commit)
    {
        foreach (var left in (string[])["MERGE_HEAD", "MERGE_MSG", "MERGE_MODE", "ORIG_HEAD"])
            File.Delete(Path.Combine(repository.Info.Path, left));
        repository.Index.Become(repository, commit);
        var entries = repository.RetrieveStatus(WorkingTree).ToList();
        foreach (var entry in entries.Where(entry => entry.State.HasFlag(FileStatus.NewInWorkdir)))
            Delete(repository, entry.FilePath);
        var damaged = entries.Where(entry => entry.State != FileStatus.NewInWorkdir).Select(entry => entry.FilePath).ToList();
        // libgit2 reads these paths as patterns: "[id].tsx" would restore "i.tsx" and not itself.
        if (damaged.Any(path => path.AsSpan().ContainsAny(Pattern)))
            damaged = ["*"];
        if (damaged.Count > 0)
            repository.CheckoutPaths(commit.Sha, damaged, new CheckoutOptions { CheckoutModifiers = CheckoutModifiers.Force });
    }

    private static bool Stage(Repository repository, StatusEntry entry)
    {
        const FileStatus present = FileStatus.NewInWorkdir | FileStatus.ModifiedInWorkdir | FileStatus.TypeChangeInWorkdir | FileStatus.RenamedInWorkdir | FileStatus.Conflicted;
        var full = Path.Combine(repository.Info.WorkingDirectory, entry.FilePath);
        if ((entry.State & present) != 0 && IsFileOrLink(full))
            repository.Index.Add(entry.FilePath);
        else if ((entry.State & (present | FileStatus.DeletedFromWorkdir)) != 0 && !Path.Exists(full))
            repository.Index.Remove(entry.FilePath);
        else
            return false;
        return true;
    }

    // "git init" in a folder of the workspace must not make its files disappear from the task.
    private static bool StageNestedRepository(Repository repository, string folder, List<string> tooLarge)
    {
        var changed = false;
        var root = repository.Info.WorkingDirectory;
        var files = new WorkspaceFiles(root);
        foreach (var full in Directory.EnumerateFiles(Path.Combine(root, folder), "*", new EnumerationOptions
        {
            RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true,
        }))
        {
            var path = Path.GetRelativePath(root, full);
            if (path.Split('/').Contains(".git") || repository.Ignore.IsPathIgnored(path))
                continue;
            if (IsTooLarge(full))
            {
                tooLarge.Add(path);
                continue;
            }
            using var content = files.TryOpenRead(path);
            if (content is null)
                continue;
            var blob = repository.ObjectDatabase.CreateBlob(content);
            var executable = !OperatingSystem.IsWindows() && (File.GetUnixFileMode(full) & UnixFileMode.UserExecute) != 0;
            repository.Index.Add(blob, path, executable ? Mode.ExecutableFile : Mode.NonExecutableFile);
            changed = true;
        }
        return changed;
    }

    private static void Delete(Repository repository, string path)
    {
        var full = Path.Combine(repository.Info.WorkingDirectory, path.TrimEnd('/'));
        if (new DirectoryInfo(full) is { Exists: true, LinkTarget: null })
            FolderRemoval.Remove(full);
        else
            File.Delete(full);
        // Git knows no empty folders, so what held only new files was new itself.
        for (var folder = Path.GetDirectoryName(full)!; folder.Length >= repository.Info.WorkingDirectory.Length; folder = Path.GetDirectoryName(folder)!)
        {
            if (!Directory.Exists(folder))
                continue;
            if (Directory.EnumerateFileSystemEntries(folder).Any())
                break;
            Directory.Delete(folder);
        }
    }

    private static bool IsTooLarge(string file) => new FileInfo(file) is { Exists: true, LinkTarget: null, Length: > LargestNewFile };

    private static bool IsFileOrLink(string path) => new FileInfo(path) is var file && (file.LinkTarget is not null || file.Exists);
}
