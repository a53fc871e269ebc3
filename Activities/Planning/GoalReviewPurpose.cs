using AgentOS.Activities.Coding.Tools;
using AgentOS.Activities.Git;
using AgentOS.Activities.Models.Sessions;
using AgentOS.Activities.Shell;
using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;
using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Planning;

/// <summary>Judging a goal at its end: is what is merged what the goal asked for?</summary>
public sealed class GoalReviewPurpose(Workspaces workspaces, SessionBriefing briefing, TaskStore tasks, ShellTools shell) : SessionPurpose
{
    private static readonly Prompt Reviewer = Prompt.Load("Review.reviewer.md");
    private static readonly Prompt Question = Prompt.Load("Review.goal-review.md");

    public override string Name => "goal-review";

    public override AgentRole Role => AgentRole.Reviewer;

    public override async Task<Workspace> WorkspaceAsync(Session session, AgentTask task, Repository repository, CancellationToken cancellation) =>
        await workspaces.FindAsync(session.Id, cancellation)
            ?? await workspaces.PrepareAsync(session.Id, repository.Path, ManagedRepository.Inspect(repository.Path, repository.DefaultBranch).Head, "goal-review", cancellation);

    public override async Task<SessionOpening> OpeningAsync(SessionScope scope, CancellationToken cancellation) => new(
        Reviewer.Fill(("conventions", await SessionBriefing.ConventionsAsync(scope.Workspace, cancellation)), ("lessons", await briefing.LessonsAsync(scope.Repository, cancellation))),
        Question.Fill(("title", scope.Task.Title), ("description", scope.Task.Description), ("branch", scope.Repository.DefaultBranch), ("base", scope.Workspace.BaseSha),
            ("tasks", await GoalReport.TasksAsync(tasks, scope.Task.Id, cancellation))));

    public override async Task<IReadOnlyList<AIFunction>> ToolsAsync(SessionScope scope, CancellationToken cancellation) =>
        [.. WorkspaceTools.Reading(scope.Workspace), .. WorkspaceTools.Changes(scope.Workspace), await shell.ForAsync(scope, cancellation), EndingTools.SubmitVerdict];
}
