using AgentOS.Activities.Git;

namespace AgentOS.Activities.Merging;

public enum PushOutcome
{
    Pushed,
    /// <summary>The remote's branch has commits that ours has not: fetch, merge again, test again.</summary>
    Rejected,
    /// <summary>The remote could not be reached, or refused for another reason.</summary>
    Failed,
}

/// <summary>How a push ended, with git's own words.</summary>
public sealed record PushResult(PushOutcome Outcome, string Message);

/// <summary>
/// Talks to a repository's remote through a git directory made for the call, so that nothing the managed repository
/// configures takes part. The user's own settings are read: credentials are theirs.
/// </summary>
public static class RemotePush
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Moves the remote's branch forward to a commit; never forces. Repeatable.</summary>
    public static async Task<PushResult> PushAsync(string repositoryPath, string remoteUrl, string branch, string sha, CancellationToken cancel = default)
    {
        using var between = new PassingClone(ManagedRepository.CommonDirectoryOf(repositoryPath));
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        time.CancelAfter(Patience);
        try
        {
            var result = await HostGit.RunAsync(between.Path,
                ["push", "--porcelain", "--no-verify", "--recurse-submodules=no", "--", remoteUrl, $"{sha}:refs/heads/{branch}"], withCredentials: true, cancel: time.Token);
            if (result.ExitCode == 0)
                return new(PushOutcome.Pushed, result.Output.Trim());
            var line = result.Output.Split('\n').FirstOrDefault(each => each.StartsWith('!'));
            // A push that overtakes ours between the remote's look and its move is told by the reference that is not where it was; the line itself
            // then speaks of a failure, as it does of one that stays.
            var isOvertaken = result.Errors.Contains("cannot lock ref", StringComparison.Ordinal) && result.Errors.Contains("but expected", StringComparison.Ordinal);
            return line is not null && (line.Contains("[rejected]", StringComparison.Ordinal) || isOvertaken)
                ? new(PushOutcome.Rejected, line.Split('\t')[^1])
                : new(PushOutcome.Failed, line is null ? result.Errors : $"{line.Split('\t')[^1]} {result.Errors}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new(PushOutcome.Failed, $"The remote did not answer within {Patience.TotalMinutes} minutes.");
        }
    }

    /// <summary>Whether the remote's branch has the commit; null when the remote cannot be reached.</summary>
    public static async Task<bool?> HasAsync(string repositoryPath, string remoteUrl, string branch, string sha, CancellationToken cancel = default)
    {
        try
        {
            return await MergeBuilder.ContainsAsync(repositoryPath, await FetchAsync(repositoryPath, remoteUrl, branch, cancel), sha, cancel);
        }
        catch (RepositoryException)
        {
            return null;
        }
    }

    /// <summary>Brings the commits of the remote's branch into the managed repository, without a ref: git keeps what nobody names for two weeks.</summary>
    /// <returns>The remote's tip.</returns>
    /// <exception cref="RepositoryException">The remote cannot be reached, or has no such branch.</exception>
    public static async Task<string> FetchAsync(string repositoryPath, string remoteUrl, string branch, CancellationToken cancel = default)
    {
        var common = ManagedRepository.CommonDirectoryOf(repositoryPath);
        using var between = new PassingClone(common);
        var fetched = await HostGit.RunAsync(between.Path,
            ["fetch", "--no-tags", "--no-recurse-submodules", "--quiet", "--", remoteUrl, $"+refs/heads/{branch}:refs/fetched"], withCredentials: true,
            environment: new Dictionary<string, string?> { ["GIT_OBJECT_DIRECTORY"] = System.IO.Path.Combine(common, "objects") }, cancel: cancel);
        if (fetched.ExitCode != 0)
            throw new RepositoryException($"The branch '{branch}' could not be fetched from the remote: {fetched.Errors}");
        return (await HostGit.RunAsync(between.Path, ["rev-parse", "refs/fetched"], cancel: cancel)).Output.Trim();
    }

    /// <summary>A git directory for one call, that borrows the objects of another and has no settings.</summary>
    private sealed class PassingClone : IDisposable
    {
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("agentos-push-");

        public PassingClone(string common)
        {
            Directory.CreateDirectory(System.IO.Path.Combine(Path, "objects", "info"));
            Directory.CreateDirectory(System.IO.Path.Combine(Path, "refs"));
            File.WriteAllText(System.IO.Path.Combine(Path, "HEAD"), "ref: refs/heads/none\n");
            File.WriteAllText(System.IO.Path.Combine(Path, "config"), "[core]\n\trepositoryformatversion = 0\n\tbare = true\n");
            File.WriteAllText(System.IO.Path.Combine(Path, "objects", "info", "alternates"), System.IO.Path.Combine(common, "objects") + "\n");
            var shallow = System.IO.Path.Combine(common, "shallow");
            if (File.Exists(shallow))
                File.Copy(shallow, System.IO.Path.Combine(Path, "shallow"));
        }

        public string Path => folder.FullName;

        public void Dispose() => folder.Delete(recursive: true);
    }
}
