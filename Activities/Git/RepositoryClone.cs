using System.Text.RegularExpressions;
using AgentOS.Kernel.Repositories;
using LibGit2Sharp;

namespace AgentOS.Activities.Git;

/// <summary>
/// Clones the owner's repositories into the data folder. Nothing of the remote is run: git only fetches, and the files are checked out in process. The owner's own settings are
/// read for the transfer: credentials are theirs.
/// </summary>
public static partial class RepositoryClone
{
    private const string Unfinished = ".cloning-";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    /// <param name="root">The folder of all clones.</param>
    /// <param name="name">Of the clone's folder; one that is taken gets a number.</param>
    /// <param name="branch">To check out, and that merges go to; null: what the remote's HEAD names.</param>
    /// <exception cref="RepositoryException">It cannot be reached, or has no such branch.</exception>
    public static async Task<RepositoryFacts> MakeAsync(string root, string url, string name, string? branch, CancellationToken cancel = default)
    {
        name = NoName().Replace(name, "-").Trim('-', '.') is { Length: > 0 } plain ? plain : "repository"; // a folder here, whatever it is called
        Directory.CreateDirectory(root);
        // Of a process that was killed; whoever still clones is younger.
        foreach (var left in new DirectoryInfo(root).EnumerateDirectories(Unfinished + "*"))
            if (left.CreationTimeUtc < DateTime.UtcNow - 2 * Patience) FolderRemoval.Remove(left.FullName);
        var folder = Path.Combine(root, Unfinished + Guid.CreateVersion7().ToString("N"));
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        time.CancelAfter(Patience);
        try
        {
            await LibGit.RunAsync("Making the clone", () => LibGit2Sharp.Repository.Init(folder), cancel);
            branch = await FetchAsync(Path.Combine(folder, ".git"), url, branch, time.Token);
            await LibGit.RunAsync("Checking the clone out", () => CheckOut(folder, url, branch), cancel);
            // Only what is whole gets a name.
            for (var number = 1; ; number++)
            {
                var place = Path.Combine(root, number == 1 ? name : $"{name}-{number}");
                if (Path.Exists(place)) continue;
                Directory.Move(folder, place);
                return new(place, branch);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new RepositoryException($"'{url}' was not cloned within {Patience.TotalMinutes} minutes. Clone it yourself (git clone), and give the path of the clone.");
        }
        finally
        {
            if (Directory.Exists(folder)) FolderRemoval.Remove(folder);
        }
    }

    private static async Task<string> FetchAsync(string gitDirectory, string url, string? branch, CancellationToken cancel)
    {
        if (branch is null)
        {
            var asked = await HostGit.RunAsync(gitDirectory, ["ls-remote", "--symref", "--", url, "HEAD"], withCredentials: true, cancel: cancel);
            if (asked.ExitCode != 0) throw Unreachable(url, asked);
            const string prefix = "ref: refs/heads/";
            branch = asked.Output.Split('\n').FirstOrDefault(line => line.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..].Split('\t')[0]
                ?? throw new RepositoryException($"The repository at '{url}' is empty, or names no branch as its own. Make a first commit there, or name the branch.");
        }

        var fetched = await HostGit.RunAsync(gitDirectory, ["fetch", "--no-recurse-submodules", "--quiet", "--", url, "+refs/heads/*:refs/remotes/origin/*"], withCredentials: true, cancel: cancel);
        return fetched.ExitCode == 0 ? branch : throw Unreachable(url, fetched);
    }

    private static bool CheckOut(string folder, string url, string branch)
    {
        using var repository = LibGit.Open(folder);
        var tip = repository.Branches[$"refs/remotes/origin/{branch}"]?.Tip ?? throw new RepositoryException($"The repository at '{url}' has no branch '{branch}'.");
        repository.Network.Remotes.Add("origin", url);
        repository.CreateBranch(branch, tip);
        repository.Refs.UpdateTarget("HEAD", $"refs/heads/{branch}");
        repository.Reset(ResetMode.Hard, tip);
        return true;
    }

    private static RepositoryException Unreachable(string url, GitOutput git) =>
        new($"The repository at '{url}' cannot be cloned: {(git.Errors.Length == 0 ? $"git ended with {git.ExitCode}" : git.Errors)}");

    [GeneratedRegex(@"[^\w.-]+")]
    private static partial Regex NoName();
}
