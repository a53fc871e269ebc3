using LibGit2Sharp;

namespace AgentOS.Activities.Git;

/// <summary>
/// Opens repositories in process. libgit2 runs no program at all: no hook, filter, fsmonitor, external diff or merge driver.
/// Its settings of user and system are switched off, so that a result depends on the repository alone.
/// </summary>
internal static class LibGit
{
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

    /// <summary>Runs work on a repository off the caller's thread, and gives libgit2's errors our root.</summary>
    public static Task<T> RunAsync<T>(string what, Func<T> work, CancellationToken cancel) => Task.Run(() =>
    {
        try
        {
            return work();
        }
        catch (LibGit2SharpException error)
        {
            throw new RepositoryException($"{what} failed: {error.Message}", error);
        }
    }, cancel);
}
