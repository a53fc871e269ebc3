using System.Text.RegularExpressions;
using LibGit2Sharp;

namespace AgentOS.Activities.Git;

/// <summary>
/// Opens repositories in process. libgit2 runs no program at all: no hook, filter, fsmonitor, external diff or merge driver.
/// Its settings of user and system are switched off, so that a result depends on the repository alone.
/// </summary>
internal static partial class LibGit
{
    private static readonly TimeSpan LockIsLeft = TimeSpan.FromSeconds(1);

    static LibGit()
    {
        foreach (var level in (ConfigurationLevel[])[ConfigurationLevel.Global, ConfigurationLevel.Xdg, ConfigurationLevel.System])
            GlobalSettings.SetConfigSearchPaths(level, "/dev/null");
        // The owner registered the repository by name; that it belongs to another user is no danger when nothing of it is run.
        GlobalSettings.SetOwnerValidation(false);
    }

    public static Repository Open(string gitDirectory) => new(gitDirectory);

    /// <summary>Opens with a working tree that the repository's own settings do not choose.</summary>
    public static Repository Open(string gitDirectory, string tree) => new(gitDirectory, new() { WorkingDirectoryPath = tree });

    public static Repository Open(string gitDirectory, string tree, string index) =>
        new(gitDirectory, new() { WorkingDirectoryPath = tree, IndexPath = index });

    /// <exception cref="RepositoryException">The commit is not there.</exception>
    public static Commit Commit(this Repository repository, string sha) =>
        (ObjectId.TryParse(sha, out var id) ? repository.Lookup<Commit>(id) : null)
        ?? throw new RepositoryException($"The commit {sha} is not in '{repository.Info.Path}'. It may have been rewritten and collected; start again from a commit that exists.");

    /// <summary>
    /// Runs work on a repository off the caller's thread, and gives libgit2's errors our root. A lock that a killed process left on what only we write (a workspace's
    /// repository, our refs) is removed, and the work done again.
    /// </summary>
    /// <param name="own">The git directory of a workspace, in which only we write.</param>
    public static async Task<T> RunAsync<T>(string what, Func<T> work, CancellationToken cancel, string? own = null)
    {
        for (var again = true; ; again = false)
        {
            try
            {
                return await Task.Run(work, cancel);
            }
            catch (LibGit2SharpException error)
            {
                IReadOnlyList<string> left = !again ? [] : LeftLock().Match(error.Message) is { Success: true } named ? [named.Groups[1].Value]
                    : own is not null && error is LockedFileException ? [.. Directory.EnumerateFiles(own, "*.lock", SearchOption.AllDirectories)] : [];
                if (left.Count == 0) throw new RepositoryException($"{what} failed: {error.Message}", error);
                foreach (var lockFile in left) await RemoveAsync(lockFile, cancel);
            }
        }
    }

    /// <summary>Locks are held for milliseconds: one that is older is nobody's. Another that is there meanwhile is somebody's.</summary>
    private static async Task RemoveAsync(string lockFile, CancellationToken cancel)
    {
        var taken = File.GetLastWriteTimeUtc(lockFile);
        if (DateTime.UtcNow - taken < LockIsLeft) await Task.Delay(LockIsLeft, cancel);
        if (File.GetLastWriteTimeUtc(lockFile) == taken) File.Delete(lockFile);
    }

    [GeneratedRegex(@"'([^']*/(?:workspaces/[0-9a-f]{32}/git/|refs/(?:heads/)?agentos/)[^']*\.lock)'")]
    private static partial Regex LeftLock();
}
