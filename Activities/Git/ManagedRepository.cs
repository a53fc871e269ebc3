using LibGit2Sharp;

namespace AgentOS.Activities.Git;

/// <summary>A repository of the owner that AgentOS may work on, as it was when looked at.</summary>
/// <param name="Path">Its main working tree.</param>
/// <param name="GitDirectory">Where objects and branches are, also when <paramref name="Path"/> is a linked working tree.</param>
/// <param name="Branch">Short name of the branch that merges go to.</param>
/// <param name="Head">The commit at the tip of <paramref name="Branch"/>.</param>
public sealed record ManagedRepository(string Path, string GitDirectory, string Branch, string Head)
{
    /// <summary>Looks at a repository, and refuses with one clear message what AgentOS cannot work on.</summary>
    /// <param name="branch">Null for the one that is checked out.</param>
    /// <exception cref="RepositoryException" />
    public static ManagedRepository Inspect(string path, string? branch = null)
    {
        var full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        using var repository = Open(full);
        if (repository.Info.IsBare)
            throw new RepositoryException($"'{full}' is a bare repository, without files to work on. Clone it (git clone '{full}') and give the clone.");
        if (repository.Head.Tip is null && !repository.Branches.Any(each => !each.IsRemote))
            throw new RepositoryException($"The repository '{full}' has no commits yet. Make the first one (git add . && git commit), then try again.");
        if (branch is null && repository.Info.IsHeadDetached)
            throw new RepositoryException($"The repository '{full}' has no branch checked out (detached HEAD). Run 'git switch BRANCH' there, or name the branch.");
        branch ??= repository.Head.FriendlyName;
        var tip = repository.Branches[$"refs/heads/{branch}"]?.Tip
            ?? throw new RepositoryException($"The repository '{full}' has no branch '{branch}' with commits. Its branches: {Names(repository)}.");
        return new(full, CommonDirectory(repository.Info.Path), branch, tip.Sha);
    }

    /// <summary>Paths that differ from the checked out commit; untracked files do not count.</summary>
    public static IReadOnlyList<string> DirtyPaths(string path)
    {
        using var repository = Open(path);
        return [.. repository.RetrieveStatus(new StatusOptions { IncludeUntracked = false, IncludeIgnored = false })
            .Where(entry => entry.State is not (FileStatus.Ignored or FileStatus.Unaltered or FileStatus.NewInWorkdir))
            .Select(entry => entry.FilePath)];
    }

    internal static string CommonDirectoryOf(string path)
    {
        using var repository = Open(path);
        return CommonDirectory(repository.Info.Path);
    }

    private static Repository Open(string full)
    {
        if (!Directory.Exists(full))
            throw new RepositoryException($"There is no folder '{full}'. Give the path of a git repository.");
        try
        {
            return LibGit.Open(full);
        }
        catch (RepositoryNotFoundException)
        {
            var around = Repository.Discover(full);
            throw new RepositoryException(around is null
                ? $"'{full}' is not a git repository. Run 'git init' there and make a first commit, or give another path."
                : $"'{full}' is a folder inside the repository '{System.IO.Path.GetDirectoryName(around.TrimEnd('/'))}'. Give that path.");
        }
        catch (LibGit2SharpException error)
        {
            throw new RepositoryException($"The repository '{full}' cannot be read: {error.Message}", error);
        }
    }

    // A linked working tree has a git directory of its own that names the shared one.
    private static string CommonDirectory(string gitDirectory)
    {
        var pointer = System.IO.Path.Combine(gitDirectory, "commondir");
        var common = File.Exists(pointer)
            ? System.IO.Path.GetFullPath(System.IO.Path.Combine(gitDirectory, File.ReadAllText(pointer).Trim()))
            : gitDirectory;
        return System.IO.Path.TrimEndingDirectorySeparator(common);
    }

    private static string Names(Repository repository) =>
        string.Join(", ", repository.Branches.Where(each => !each.IsRemote).Select(each => each.FriendlyName).Take(10));
}
