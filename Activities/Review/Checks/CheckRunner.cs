using AgentOS.Activities.Git;
using AgentOS.Activities.Shell;

namespace AgentOS.Activities.Review.Checks;

/// <summary>What to check, and under which rules.</summary>
/// <param name="BaseSha">The commit whose checks and dependencies are trusted.</param>
/// <param name="Commit">What is checked: exactly this commit, from a fresh checkout.</param>
public sealed record CheckRequest(Guid RepositoryId, string RepositoryPath, string BaseSha, string Commit, CheckPlan Plan, SandboxPolicy Policy);

/// <summary>Runs the checks of one exact commit in the sandbox. Nothing of the agent's workspace takes part.</summary>
public sealed class CheckRunner(Sandbox sandbox, Workspaces workspaces, Dependencies dependencies)
{
    /// <param name="onOutput">Each line of each command as it comes.</param>
    /// <exception cref="SandboxUnavailableException">There is no sandbox on this machine.</exception>
    /// <exception cref="RepositoryException">The commit is not there.</exception>
    public async Task<CheckReport> RunAsync(CheckRequest request, Action<string>? onOutput = null, CancellationToken cancel = default)
    {
        var tree = await TreeAsync(request, cancel);
        if (!request.Plan.HasChecks)
            return new(request.Commit, tree, request.Plan, []);
        var prepared = await dependencies.PrepareAsync(
            request.RepositoryId, request.RepositoryPath, request.BaseSha, request.Commit, request.Plan, request.Policy, onOutput, cancel);
        if (prepared.Failure is not null)
            return new(request.Commit, tree, request.Plan, prepared.Runs);
        var checkout = await workspaces.CheckoutAsync(request.RepositoryPath, request.Commit, cancel);
        try
        {
            prepared.Layer?.CopyInto(checkout.Path);
            var runs = new List<CheckRun>(prepared.Runs);
            if (sandbox.Mode is SandboxMode.None)
                await RunUntilFailureAsync(CheckKind.Setup, request.Plan.Setup);
            if (runs.All(run => run.Passed))
            {
                await RunUntilFailureAsync(CheckKind.Test, request.Plan.Test);
                await RunUntilFailureAsync(CheckKind.Analysis, request.Plan.Analyze);
            }
            return new(request.Commit, tree, request.Plan, runs);

            async Task RunUntilFailureAsync(CheckKind kind, IReadOnlyList<string> commands)
            {
                foreach (var command in commands)
                {
                    var result = await sandbox.RunAsync(new(command, checkout.Path)
                    {
                        Policy = request.Policy, Mounts = [.. checkout.GitMounts, .. prepared.Layer?.Mounts ?? []],
                        Environment = prepared.Layer is null ? new Dictionary<string, string>() : DependencyLayer.Environment(request.Policy.Network is NetworkAccess.Always),
                    }, onOutput, cancel);
                    runs.Add(CheckRun.From(kind, command, result));
                    if (!result.Succeeded)
                        return;
                }
            }
        }
        finally
        {
            await workspaces.RemoveAsync(checkout.TaskId, CancellationToken.None);
        }
    }

    private static Task<string> TreeAsync(CheckRequest request, CancellationToken cancel) =>
        LibGit.RunAsync("Reading the commit", () =>
        {
            using var repository = LibGit.Open(request.RepositoryPath);
            return repository.Commit(request.Commit).Tree.Sha;
        }, cancel);
}
