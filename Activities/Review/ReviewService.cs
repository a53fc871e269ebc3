using AgentOS.Activities.Models.Sessions;
using AgentOS.Activities.Review.Checks;
using AgentOS.Kernel;
using AgentOS.Kernel.Evidence;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Activities.Review;

/// <summary>What is checked of a task's commit, apart from the judge's reading.</summary>
public sealed class ReviewService(TaskStore tasks, RepositoryStore repositories, EvidenceStore evidence, MessageStore messages, RepositoryChecker checks, LiveWords live)
{
    private const int MostFeedback = 8_000;

    /// <summary>Runs the repository's checks on the task's exact commit. What was recorded for the commit before stands.</summary>
    public async Task<(string Outcome, string? Feedback)> RunChecksAsync(Guid taskId, CancellationToken cancellation)
    {
        var task = await tasks.GetAsync(taskId, cancellation);
        var head = Head(task);
        var step = $"checks:{task.Id}:{head}";
        if (await evidence.FindByStepAsync(step, cancellation) is { } known) return Outcome(known);
        var repository = await repositories.GetAsync(task.RepositoryId!.Value, cancellation);
        using var words = live.Begin(task.Id, LiveOutput.Checks);
        var run = await checks.RunAsync(repository, task.BaseSha!, head, cancellation, words.SayLine);
        // A repository without checks: the review is all there is, and no evidence says otherwise.
        if (run.ExitCode is null && run.Passed) return ("Passed", null);
        return Outcome(await evidence.RecordAsync(new NewEvidence(taskId, EvidenceKind.Test, head, run.Passed)
        {
            ExitCode = run.ExitCode ?? 1,
            Command = run.Command,
            Log = run.Log,
            TreeSha = run.Tree,
            Attempt = task.Attempt,
            Duration = run.Duration,
            StepKey = step,
        }, cancellation));
    }

    /// <summary>A change to what judges changes waits for a person.</summary>
    /// <returns><c>Approved</c>, <c>Rejected</c> with the reason, or null while no one has answered.</returns>
    public async Task<(string? Outcome, string? Feedback)> ApprovalAsync(Guid taskId, CancellationToken cancellation)
    {
        var task = await tasks.GetAsync(taskId, cancellation);
        if (await evidence.PersonVerdictAsync(taskId, Head(task), cancellation) is { } said) return Outcome(said.Passed, said.Feedback);
        var repository = await repositories.GetAsync(task.RepositoryId!.Value, cancellation);
        if (!await RepositoryChecks.AreChangedAsync(repository.Path, task.BaseSha!, Head(task), cancellation)) return ("Approved", null);

        var question = await messages.SendAsync(new NewMessage(MessageType.Question,
            $"'{task.Title}' changes how changes are checked ({CheckFile.Name}). May commit {Head(task)} be merged? Answer 'yes', or say what is wrong.")
        {
            TaskId = taskId,
            StepKey = $"approval:{taskId}:{Head(task)}",
        }, cancellation);
        if (await messages.AnswerToAsync(question.Id, cancellation) is not { } answer) return (null, null);
        return Outcome(answer.Content.Trim().TrimEnd('.', '!').ToLowerInvariant() is "yes" or "y" or "ok" or "approve" or "approved", answer.Content);

        static (string, string?) Outcome(bool approved, string? said) => approved ? ("Approved", null) : ("Rejected", $"A person did not approve it: {said}");
    }

    private static (string Outcome, string? Feedback) Outcome(EvidenceEntry run) => run.Passed
        ? ("Passed", null)
        : ("Failed", $"`{run.Command}` failed with exit code {run.ExitCode}. The end of its log:\n\n```\n{Tail(run.Log)}\n```");

    private static string Tail(string log) => log.Length <= MostFeedback ? log : "…" + log[^MostFeedback..];

    private static string Head(AgentTask task) => task.HeadSha ?? throw new AgentOSException($"'{task.Title}' has no commit yet.");
}
