using System.Globalization;
using AgentOS.Activities.Coding.Tools;
using AgentOS.Activities.Git;
using AgentOS.Activities.Models.Sessions;
using AgentOS.Activities.Shell;
using AgentOS.Activities.Review;
using AgentOS.Kernel;
using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;
using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Coding;

/// <summary>Coding a task in its workspace.</summary>
public sealed class CodePurpose(Workspaces workspaces, SessionBriefing briefing, TaskStore tasks, ShellTools shell) : SessionPurpose
{
    private static readonly Prompt Worker = Prompt.Load("Coding.worker.md");
    private static readonly Prompt Task = Prompt.Load("Coding.task.md");
    private static readonly Prompt Feedback = Prompt.Load("Coding.feedback.md");

    public override string Name => "code";

    public override AgentRole Role => AgentRole.Worker;

    public override bool ChangesFiles => true;

    public override async Task<Workspace> WorkspaceAsync(Session session, AgentTask task, Repository repository, CancellationToken cancellation) =>
        await workspaces.FindAsync(task.Id, cancellation)
            ?? throw new AgentOSException($"The workspace of '{task.Title}' is gone. Retry the task (agentos task retry {task.Id}): it begins anew.");

    public override async Task<SessionOpening> OpeningAsync(SessionScope scope, CancellationToken cancellation)
    {
        var task = scope.Task;
        var goal = task.ParentTaskId is { } parent ? await tasks.FindAsync(parent, cancellation) : null;
        var network = SandboxSettings.Read(scope.Repository.Settings).ToPolicy().Network == NetworkAccess.Always ? "" : " without network";
        var feedback = task.Attempt > 1 && task.Error is { Length: > 0 } error
            ? Feedback.Fill(("attempt", task.Attempt.ToString(CultureInfo.InvariantCulture)), ("max_attempts", task.MaxAttempts.ToString(CultureInfo.InvariantCulture)), ("feedback", error + await ConflictsAsync(scope.Workspace, cancellation)))
            : "";
        return new(
            Worker.Fill(("network", network), ("conventions", await SessionBriefing.ConventionsAsync(scope.Workspace, cancellation)), ("lessons", await briefing.LessonsAsync(scope.Repository, cancellation))),
            Task.Fill(("title", task.Title), ("description", task.Description), ("goal", goal?.Title ?? "none, it stands alone"), ("repository", scope.Repository.Name),
                ("branch", task.BranchName), ("base", task.BaseSha), ("checks", await RepositoryChecker.DescribeAsync(scope.Repository, scope.Workspace.BaseSha, cancellation)), ("feedback", feedback)));
    }

    /// <summary>What a person did and handed back is not done again; what it conflicts with now, an agent solves.</summary>
    public override async Task<(string Outcome, string Summary)?> DecidedAsync(SessionScope scope, CancellationToken cancellation) =>
        scope.Task.PersonAttempt == scope.Task.Attempt && await ConflictsAsync(scope.Workspace, cancellation) is "" ? ("finished", scope.Task.Result ?? "A person did it.") : null;

    /// <summary>The branch may have moved on under the earlier attempt: what that left to solve.</summary>
    private static async Task<string> ConflictsAsync(Workspace workspace, CancellationToken cancellation)
    {
        var diff = await workspace.DiffAsync(cancellation);
        var files = await workspace.UnresolvedAsync(diff.Files.Select(f => f.Path), cancellation);
        return files.Count == 0 ? "" : $"\n\nThe branch has moved on. These files hold conflict markers now; solve them: {string.Join(", ", files)}.";
    }

    public override async Task<IReadOnlyList<AIFunction>> ToolsAsync(SessionScope scope, CancellationToken cancellation) =>
    [
        .. WorkspaceTools.Reading(scope.Workspace), .. WorkspaceTools.Writing(scope.Workspace), .. WorkspaceTools.Changes(scope.Workspace),
        await shell.ForAsync(scope, cancellation), EndingTools.ReportBlocked, EndingTools.Finish,
    ];
}
