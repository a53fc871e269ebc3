using AgentOS.Activities.Git;
using LibGit2Sharp;

namespace AgentOS.Activities.Merging;

/// <summary>
/// Turns the files of one commit into those of another. Each file is replaced in one step, so that after a crash each is
/// the old one or the new one, and the update can be done again. Holds git's index lock until disposed.
/// </summary>
internal sealed class CheckoutUpdate : IDisposable
{
    private readonly Checkout checkout;
    private readonly string lockFile, indexFile, markFile;
    private readonly Repository repository;
    private readonly Commit to;
    private readonly List<TreeEntryChanges> changes;
    private readonly string from;
    private bool landed;

    public CheckoutUpdate(Checkout checkout, string from, string to, string lockFile, string indexFile, string markFile)
    {
        (this.checkout, this.from, this.lockFile, this.indexFile, this.markFile) = (checkout, from, lockFile, indexFile, markFile);
        repository = LibGit.Open(checkout.GitDirectory, checkout.Path, lockFile);
        this.to = repository.Commit(to);
        using var diff = repository.Diff.Compare<TreeChanges>(repository.Commit(from).Tree, this.to.Tree, new CompareOptions { Similarity = SimilarityOptions.None });
        changes = [.. diff.Where(change => change.Mode is not Mode.GitLink && change.OldMode is not Mode.GitLink)];
    }

    /// <summary>Tracked files that differ from HEAD or from the index.</summary>
    public IReadOnlyList<string> Dirty() => [.. repository.RetrieveStatus(new StatusOptions { IncludeUntracked = false, IncludeIgnored = false })
        .Where(entry => entry.State is not (FileStatus.Ignored or FileStatus.Unaltered or FileStatus.NewInWorkdir))
        .Select(entry => entry.FilePath)];

    /// <summary>Files that are neither as in the old commit nor as in the new one.</summary>
    public IReadOnlyList<string> Obstacles() => [.. changes.Where(change => !IsOldOrNew(change)).Select(change => change.Path)];

    /// <summary>After the branch has moved: writes the files, then the index. Null, or what stands in the way.</summary>
    public BusyCheckout? Apply()
    {
        landed = true;
        if (Obstacles() is { Count: > 0 } obstacles)
        {
            checkout.WriteMark(new(from, to.Sha, HoldsLock: false));
            File.Delete(lockFile);
            return new(checkout.Path, "the branch moved on, but these files were changed meanwhile and are left as they are", obstacles);
        }
        foreach (var change in changes.Where(change => change.Status is LibGit2Sharp.ChangeKind.Deleted))
            Delete(change.Path);
        foreach (var change in changes.Where(change => change.Status is not LibGit2Sharp.ChangeKind.Deleted))
            Write(change);
        repository.Index.Become(repository, to);
        File.Move(lockFile, indexFile, overwrite: true);
        File.Delete(markFile);
        return null;
    }

    public void Dispose()
    {
        repository.Dispose();
        if (landed)
            return;
        File.Delete(lockFile);
        File.Delete(markFile);
    }

    private string Full(string path) => Path.Combine(checkout.Path, path);

    private bool IsOldOrNew(TreeEntryChanges change)
    {
        // Git itself writes no such files; whoever pushed them to the remote wants them written by someone who does.
        if (change.Path.Split('/').Any(part => part is "" or "." or ".." || part.Equals(".git", StringComparison.OrdinalIgnoreCase)) || ParentsInTheWay(change.Path))
            return false;
        var file = new FileInfo(Full(change.Path));
        if (file is { Exists: false, LinkTarget: null })
            return !Directory.Exists(file.FullName) || change.Status is LibGit2Sharp.ChangeKind.Added && changes.Any(other => other.Path.StartsWith($"{change.Path}/", StringComparison.Ordinal));
        return (change.OldExists && IsSame(file, change.OldOid, change.OldMode, change.Path)) || (change.Exists && IsSame(file, change.Oid, change.Mode, change.Path));
    }

    // A file or link of the owner where the commit has a folder.
    private bool ParentsInTheWay(string path)
    {
        for (var parent = Path.GetDirectoryName(path); !string.IsNullOrEmpty(parent); parent = Path.GetDirectoryName(parent))
        {
            var folder = new FileInfo(Full(parent));
            if ((folder.Exists || folder.LinkTarget is not null) && !changes.Any(change => change.Path == parent))
                return true;
        }
        return false;
    }

    private bool IsSame(FileInfo file, ObjectId id, Mode mode, string path)
    {
        if (repository.Lookup<Blob>(id) is not { } blob)
            return false;
        if (mode is Mode.SymbolicLink || file.LinkTarget is not null)
            return mode is Mode.SymbolicLink && file.LinkTarget == blob.GetContentText();
        using var expected = blob.GetContentStream(new FilteringOptions(path));
        using var actual = file.OpenRead();
        return SameBytes(expected, actual);
    }

    private static bool SameBytes(Stream a, Stream b)
    {
        var (left, right) = (new byte[16 << 10], new byte[16 << 10]);
        while (true)
        {
            var count = a.ReadAtLeast(left, left.Length, throwOnEndOfStream: false);
            if (b.ReadAtLeast(right, right.Length, throwOnEndOfStream: false) != count || !left.AsSpan(0, count).SequenceEqual(right.AsSpan(0, count)))
                return false;
            if (count < left.Length)
                return true;
        }
    }

    private void Write(TreeEntryChanges change)
    {
        var full = Full(change.Path);
        var made = Path.Combine(checkout.GitDirectory, "agentos-file");
        var blob = repository.Lookup<Blob>(change.Oid);
        File.Delete(made);
        if (change.Mode is Mode.SymbolicLink)
        {
            File.CreateSymbolicLink(made, blob.GetContentText());
        }
        else
        {
            using (var content = blob.GetContentStream(new FilteringOptions(change.Path)))
            using (var file = File.Create(made))
                content.CopyTo(file);
            if (!OperatingSystem.IsWindows() && change.Mode is Mode.ExecutableFile)
                File.SetUnixFileMode(made, File.GetUnixFileMode(made) | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.Move(made, full, overwrite: true);
    }

    private void Delete(string path)
    {
        File.Delete(Full(path));
        for (var folder = Path.GetDirectoryName(path); !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
        {
            var full = Full(folder);
            if (!Directory.Exists(full))
                continue;
            if (Directory.EnumerateFileSystemEntries(full).Any())
                return;
            Directory.Delete(full);
        }
    }
}
