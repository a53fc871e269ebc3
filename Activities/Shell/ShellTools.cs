using AgentOS.Activities.Coding.Tools;
using AgentOS.Activities.Models.Sessions;
using AgentOS.Activities.Review;
using AgentOS.Activities.Review.Checks;
using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Shell;

/// <summary><c>run_shell</c> of a session: in its workspace, under the repository's policy, with the dependencies that its setup brought.</summary>
public sealed class ShellTools(Sandbox sandbox, Dependencies dependencies)
{
    public async Task<AIFunction> ForAsync(SessionScope scope, CancellationToken cancellation)
    {
        var policy = SandboxSettings.Read(scope.Repository.Settings).ToPolicy();
        var at = scope.Workspace.BaseSha;
        var plan = await RepositoryChecker.PlanAsync(scope.Repository, at, cancellation);
        // A setup that fails is told by the checks; the agent works without the layer until then.
        var prepared = await dependencies.PrepareAsync(scope.Repository.Id, scope.Repository.Path, at, at, plan, policy, cancel: cancellation);
        prepared.Layer?.CopyInto(scope.Workspace.Path);
        return prepared.Layer is { } layer
            ? WorkspaceTools.Shell(sandbox, scope.Workspace, policy, layer.Mounts, DependencyLayer.Environment(policy.Network is NetworkAccess.Always), scope.OnOutput)
            : WorkspaceTools.Shell(sandbox, scope.Workspace, policy, onOutput: scope.OnOutput);
    }
}
