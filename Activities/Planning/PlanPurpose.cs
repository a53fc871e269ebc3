using System.Globalization;
using System.Text;
using AgentOS.Activities.Coding.Tools;
using AgentOS.Activities.Git;
using AgentOS.Activities.Models.Sessions;
using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;
using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Planning;

/// <summary>Planning a goal: the planner reads the repository at the tip of its branch and makes tasks.</summary>
public sealed class PlanPurpose(Workspaces workspaces, SessionBriefing briefing, TaskStore tasks, AgentStore agents, PlanningTools planning) : SessionPurpose
{
    private static readonly Prompt Planner = Prompt.Load("Planning.planner.md");
    private static readonly Prompt Goal = Prompt.Load("Planning.goal.md");

    public override string Name => "plan";

    public override AgentRole Role => AgentRole.Orchestrator;

    public override async Task<Workspace> WorkspaceAsync(Session session, AgentTask task, Repository repository, CancellationToken cancellation) =>
        await workspaces.FindAsync(session.Id, cancellation)
            ?? await workspaces.PrepareAsync(session.Id, repository.Path, ManagedRepository.Inspect(repository.Path, repository.DefaultBranch).Head, "plan", cancellation);

    public override async Task<SessionOpening> OpeningAsync(SessionScope scope, CancellationToken cancellation)
    {
        var workers = (await agents.ListAsync(AgentRole.Worker, cancellation)).Count;
        return new(
            Planner.Fill(("conventions", await SessionBriefing.ConventionsAsync(scope.Workspace, cancellation)), ("lessons", await briefing.LessonsAsync(scope.Repository, cancellation))),
            Goal.Fill(("title", scope.Task.Title), ("description", scope.Task.Description), ("repository", scope.Repository.Name), ("branch", scope.Repository.DefaultBranch),
                ("base", scope.Workspace.BaseSha), ("workers", workers.ToString(CultureInfo.InvariantCulture)), ("history", await HistoryAsync(scope.Task, cancellation))));
    }

    public override Task<IReadOnlyList<AIFunction>> ToolsAsync(SessionScope scope, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<AIFunction>>(
        [.. WorkspaceTools.Reading(scope.Workspace), .. planning.For(scope), EndingTools.Finish]);

    public override async Task<string?> ObjectionAsync(SessionScope scope, Ending.Finished finished, CancellationToken cancellation) =>
        (await tasks.ProgressAsync(scope.Task.Id, cancellation)).IsStill && !await planning.HasPlannedAsync(scope, cancellation)
            ? "Error: nothing is planned yet. Call create_tasks first; finish when the tasks are there."
            : null;

    private async Task<string> HistoryAsync(AgentTask goal, CancellationToken cancellation)
    {
        if (goal.Attempt == 1) return "";
        var text = new StringBuilder($"\n# This is plan {goal.Attempt} of {goal.MaxAttempts}\nWhat was missing after the last one:\n\n{goal.Error}\n\nTasks so far (their keys stay theirs):\n");
        text.Append(await GoalReport.TasksAsync(tasks, goal.Id, cancellation));
        return text.ToString();
    }
}
