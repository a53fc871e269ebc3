using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using AgentOS.Activities.Git;
using AgentOS.Activities.Shell;
using LibGit2Sharp;

namespace AgentOS.Activities.Review.Checks;

/// <summary>A layer to run with, or the setup that failed.</summary>
/// <param name="Layer">Null when there is no setup, or it failed.</param>
/// <param name="Runs">What was run now; empty when the layer was there already.</param>
public sealed record PreparedDependencies(DependencyLayer? Layer, IReadOnlyList<CheckRun> Runs)
{
    public CheckRun? Failure => Runs.FirstOrDefault(run => !run.Passed);
}

/// <summary>
/// Runs the setup of a repository once for each state of its manifests, and keeps what it fetched as a read-only layer.
/// A change that alters a manifest gets a layer of its own, so that its code cannot poison what others use.
/// </summary>
/// <param name="root">The folder of all layers.</param>
public sealed partial class Dependencies(string root, Sandbox sandbox, Workspaces workspaces)
{
    private const int Kept = 4;
    private static readonly TimeSpan InUse = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<string, SemaphoreSlim> making = new();

    /// <summary>The layer for a commit that is built on a trusted base.</summary>
    public async Task<PreparedDependencies> PrepareAsync(
        Guid repositoryId, string repositoryPath, string baseSha, string commit, CheckPlan plan, SandboxPolicy policy,
        Action<string>? onOutput = null, CancellationToken cancel = default)
    {
        // Without a sandbox nothing can be shown read-only: the setup runs in each workspace instead.
        if (plan.Setup.Count == 0 || sandbox.Mode is SandboxMode.None)
            return new(null, []);
        var (key, from) = await KeyAsync(repositoryPath, baseSha, commit, plan, cancel);
        var folder = Path.Combine(root, repositoryId.ToString("N"), key);
        var turn = making.GetOrAdd(folder, _ => new(1));
        await turn.WaitAsync(cancel);
        try
        {
            if (!Directory.Exists(folder))
                return await MakeAsync(folder, repositoryPath, from, plan, policy, onOutput, cancel);
            Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow);
            return new(new(folder), []);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<PreparedDependencies> MakeAsync(
        string folder, string repositoryPath, string commit, CheckPlan plan, SandboxPolicy policy, Action<string>? onOutput, CancellationToken cancel)
    {
        var unfinished = $"{folder}.new-{Guid.NewGuid():N}";
        var layer = new DependencyLayer(unfinished);
        Directory.CreateDirectory(layer.CacheFolder);
        var checkout = await workspaces.CheckoutAsync(repositoryPath, commit, cancel);
        try
        {
            var runs = new List<CheckRun>();
            foreach (var command in plan.Setup)
            {
                var result = await sandbox.RunAsync(new(command, checkout.Path)
                {
                    IsSetup = true, Policy = policy, Mounts = [.. checkout.GitMounts, new(layer.CacheFolder, DependencyLayer.CachePath, Writable: true)],
                    Environment = DependencyLayer.Environment(policy.Network is not NetworkAccess.None),
                }, onOutput, cancel);
                runs.Add(CheckRun.From(CheckKind.Setup, command, WithHint(result, policy)));
                if (!runs[^1].Passed)
                    return new(null, runs);
            }
            DependencyFolders.Collect(checkout.Path, Ignored(checkout), layer);
            MoveOnce(unfinished, folder);
            Prune(Path.GetDirectoryName(folder)!);
            return new(new(folder), runs);
        }
        finally
        {
            if (Directory.Exists(unfinished))
                FolderRemoval.Remove(unfinished);
            await workspaces.RemoveAsync(checkout.TaskId, CancellationToken.None);
        }
    }

    // The same manifests as the base: the layer of the base, made by the base's own code. Else one for this tree alone.
    private static Task<(string Key, string From)> KeyAsync(string repositoryPath, string baseSha, string commit, CheckPlan plan, CancellationToken cancel) =>
        LibGit.RunAsync("Comparing manifests", () =>
        {
            using var repository = LibGit.Open(repositoryPath);
            var (trusted, changed) = (repository.Commit(baseSha), repository.Commit(commit));
            var (before, after) = (Manifests(trusted.Tree, plan), Manifests(changed.Tree, plan));
            return before == after ? (Hash(before), baseSha) : (Hash($"{after}{changed.Tree.Sha}"), commit);
        }, cancel);

    private static string Manifests(Tree tree, CheckPlan plan)
    {
        var commands = string.Join('\n', plan.Setup);
        var files = CommitFiles.Of(tree).Where(file => Manifest().IsMatch(file.Path) || commands.Contains(file.Path, StringComparison.Ordinal));
        return $"{commands}\n{string.Join('\n', files.Select(file => $"{file.Path} {file.Id.Sha}"))}\n";
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];

    private static List<string> Ignored(Workspace checkout)
    {
        using var repository = LibGit.Open(checkout.GitDirectory, checkout.Path);
        return [.. repository.RetrieveStatus(new StatusOptions { IncludeIgnored = true, RecurseIgnoredDirs = false, IncludeUntracked = false })
            .Where(entry => entry.State is FileStatus.Ignored).Select(entry => entry.FilePath)];
    }

    private static CommandResult WithHint(CommandResult result, SandboxPolicy policy) => result.Succeeded || policy.Network is not NetworkAccess.None
        ? result
        : result with { Output = $"{result.Output}\n[The setup ran without a network. If it needs one, the owner can allow it for setup alone: set the repository's network to 'setup'.]\n" };

    // Another process may have made the same layer meanwhile: the first one stays.
    private static void MoveOnce(string unfinished, string folder)
    {
        if (!Directory.Exists(folder))
            Directory.Move(unfinished, folder);
    }

    private static void Prune(string repositoryFolder)
    {
        foreach (var old in new DirectoryInfo(repositoryFolder).GetDirectories()
            .OrderByDescending(folder => folder.LastWriteTimeUtc).Skip(Kept).Where(folder => DateTime.UtcNow - folder.LastWriteTimeUtc > InUse))
            FolderRemoval.Remove(old.FullName);
    }

    [GeneratedRegex(@"(^|/)(package(-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|\.npmrc|[^/]*\.(cs|fs|vb)proj|[^/]*\.(props|targets|slnx?)|global\.json|nuget\.config|packages\.lock\.json|[^/]*requirements[^/]*\.txt|pyproject\.toml|setup\.(py|cfg)|Pipfile(\.lock)?|poetry\.lock|uv\.lock|Cargo\.(toml|lock)|go\.(mod|sum)|Gemfile(\.lock)?|composer\.(json|lock)|pom\.xml|build\.gradle(\.kts)?|GNUmakefile|[Mm]akefile|\.agentos\.yaml)$", RegexOptions.IgnoreCase)]
    private static partial Regex Manifest();
}
