using System.Globalization;
using System.Text;
using AgentOS.Activities.Coding.Tools;
using AgentOS.Activities.Git;
using AgentOS.Activities.Models.Sessions;
using AgentOS.Activities.Shell;
using AgentOS.Kernel;
using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Evidence;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;
using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Review;

/// <summary>Judging a task: a fresh checkout of the exact commit, what the checks said, and a verdict.</summary>
public sealed class ReviewPurpose(Workspaces workspaces, SessionBriefing briefing, EvidenceStore evidence, ShellTools shell) : SessionPurpose
{
    private static readonly Prompt Reviewer = Prompt.Load("Review.reviewer.md");
    private static readonly Prompt Review = Prompt.Load("Review.review.md");

    public override string Name => "review";

    public override AgentRole Role => AgentRole.Reviewer;

    public override async Task<Workspace> WorkspaceAsync(Session session, AgentTask task, Repository repository, CancellationToken cancellation) =>
        await workspaces.FindAsync(session.Id, cancellation)
            ?? await workspaces.PrepareAsync(session.Id, repository.Path, Head(task), "review", cancellation);

    public override async Task<SessionOpening> OpeningAsync(SessionScope scope, CancellationToken cancellation)
    {
        var task = scope.Task;
        var known = await evidence.ListAsync(task.Id, cancellation: cancellation);
        return new(
            Reviewer.Fill(("conventions", await SessionBriefing.ConventionsAsync(scope.Workspace, cancellation)), ("lessons", await briefing.LessonsAsync(scope.Repository, cancellation))),
            Review.Fill(("title", task.Title), ("description", task.Description), ("head", Head(task)), ("base", task.BaseSha),
                ("attempt", task.Attempt.ToString(CultureInfo.InvariantCulture)), ("max_attempts", task.MaxAttempts.ToString(CultureInfo.InvariantCulture)),
                ("summary", task.Result), ("checks", Checks(known, Head(task))), ("history", History(known, Head(task)))));
    }

    public override async Task<IReadOnlyList<AIFunction>> ToolsAsync(SessionScope scope, CancellationToken cancellation) =>
    [
        .. WorkspaceTools.Reading(scope.Workspace), WorkspaceTools.Diff(scope.Repository.Path, scope.Task.BaseSha ?? scope.Workspace.BaseSha, Head(scope.Task)),
        await shell.ForAsync(scope, cancellation), EndingTools.SubmitVerdict,
    ];

    /// <summary>A person's verdict on the commit needs no judge's beside it.</summary>
    public override async Task<(string Outcome, string Summary)?> DecidedAsync(SessionScope scope, CancellationToken cancellation) =>
        await evidence.PersonVerdictAsync(scope.Task.Id, Head(scope.Task), cancellation) is { } verdict ? (verdict.Passed ? "approved" : "rejected", verdict.Feedback ?? "") : null;

    private static string Head(AgentTask task) => task.HeadSha ?? throw new AgentOSException($"'{task.Title}' has no commit to judge yet.");

    private static string Checks(IEnumerable<EvidenceEntry> known, string head)
    {
        var runs = known.Where(e => e.CommitSha == head && e.Kind is EvidenceKind.Test or EvidenceKind.Analysis && e.CommitSha == head)
            .Select(e => $"`{e.Command}` {(e.Passed ? "passed" : $"failed with exit code {e.ExitCode}")}").ToList();
        return runs.Count == 0 ? "the repository has none, so the review is all there is" : string.Join("; ", runs);
    }

    private static string History(IEnumerable<EvidenceEntry> known, string head)
    {
        var text = new StringBuilder();
        foreach (var verdict in known.Where(e => e.Kind == EvidenceKind.Verdict && !e.Passed && e.CommitSha != head))
            text.Append(CultureInfo.InvariantCulture, $"\nAn earlier attempt was rejected: {verdict.Feedback}\n");
        return text.ToString();
    }
}
