using AgentOS.Activities.Git;
using AgentOS.Activities.Models.Sessions;
using AgentOS.Activities.Review;
using AgentOS.Activities.Review.Checks;
using AgentOS.Activities.Shell;
using AgentOS.Kernel;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Lessons;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Activities.Coding;

/// <summary>The life of a task between its worker and its judge. Every step may run again after a crash.</summary>
public sealed class CodingService(
    TaskStore tasks, AgentStore agents, SessionStore sessions, RepositoryStore repositories, LessonStore lessons, Workspaces workspaces, Sandbox sandbox, TimeProvider time)
{
    public async Task<string> OpenAsync(Guid taskId, string instance, CancellationToken cancellation) =>
        await tasks.TakeUpAsync(taskId, instance, cancellation) ? "Open" : "Closed";

    /// <returns><c>Claimed</c>, <c>Closed</c>, or null while all workers are busy.</returns>
    public async Task<string?> ClaimWorkerAsync(Guid taskId, string instance, CancellationToken cancellation) => await agents.ClaimWorkerAsync(taskId, instance, cancellation) switch
    {
        WorkerClaim.Claimed => "Claimed",
        WorkerClaim.Waiting => null,
        _ => "Closed",
    };

    /// <summary>Makes the workspace, and brings the branch's newer tip into it when the task comes back for another attempt.</summary>
    public async Task<(string Outcome, string? Feedback)> PrepareWorkspaceAsync(Guid taskId, CancellationToken cancellation)
    {
        var task = await tasks.GetAsync(taskId, cancellation);
        try
        {
            var repository = await RepositoryAsync(task, cancellation);
            var tip = ManagedRepository.Inspect(repository.Path, repository.DefaultBranch).Head;
            // Before a model is asked and paid for what cannot be checked then.
            if (await sandbox.ProblemAsync(cancellation) is { } problem && (await RepositoryChecker.PlanAsync(repository, tip, cancellation)).HasChecks) return ("Failed", $"{problem} Then retry it: agentos task retry {task.Id}");
            var branch = task.BranchName ?? BranchOf(task.Id, task.Title);
            var isNew = await workspaces.FindAsync(task.Id, cancellation) is null;
            var workspace = await workspaces.PrepareAsync(task.Id, repository.Path, task.BaseSha ?? tip, branch, cancellation);
            if (task.PersonAttempt == task.Attempt && task.HeadSha is null)
            {
                if (isNew) return ("Failed", $"The workspace that was handed back is gone. Retry the task (agentos task retry {task.Id}): it begins anew.");
                task = await KeepPersonsWorkAsync(task, workspace, cancellation);
            }

            // A workspace that was lost is made of what the last attempt published.
            if (task.HeadSha is { } head && (isNew || workspace.BaseSha != tip))
            {
                var moved = await workspace.MergeTipAsync(head, tip, Author(null), cancellation);
                workspace = moved.Workspace;
            }

            await tasks.DoAsync(task, new TaskCommand.Prepare(branch, workspace.BaseSha, workspace.Path), task.AssigneeId, cancellation);
            return ("Ready", null);
        }
        catch (Exception error) when (error is RepositoryException or NotFoundException or CheckFileException)
        {
            return ("Failed", error.Message);
        }
    }

    /// <summary>Before anything moves in the workspace, what the person left there is a commit of its own.</summary>
    private async Task<AgentTask> KeepPersonsWorkAsync(AgentTask task, Workspace workspace, CancellationToken cancellation)
    {
        WorkspaceMark.Leave(workspace); // of a tool that was cut off by the take-over: to undo it would undo the person's work
        if (await workspace.CommitAsync(Message(task, task.Result), Person(), cancellation) is not { } head) return task;
        await workspace.PublishAsync(head, cancellation);
        return (await tasks.DoAsync(task, new TaskCommand.Keep(head), cancellation: cancellation)).Task;
    }

    /// <summary>One commit of all that the session changed, published to the managed repository; the worker is free again.</summary>
    public async Task<(string Outcome, string? Feedback)> CommitAsync(Guid taskId, Guid sessionId, CancellationToken cancellation)
    {
        var task = await tasks.GetAsync(taskId, cancellation);
        if (task.Status == TaskState.Review) return ("Committed", null);
        var session = await sessions.GetAsync(sessionId, cancellation);
        var workspace = await workspaces.FindAsync(taskId, cancellation)
            ?? throw new AgentOSException($"The workspace of '{task.Title}' is gone. Retry the task (agentos task retry {task.Id}): it begins anew.");
        var agent = await agents.FindAsync(session.AgentId, cancellation);
        var head = await workspace.CommitAsync(Message(task, session.Summary), task.PersonAttempt == session.Attempt ? Person() : Author(agent), cancellation);
        if (head is null)
            return ("NoChanges", "Nothing in the workspace differs from its base, so there is nothing to merge. Do what the task says, or report_blocked when there is nothing to do.");
        await workspace.PublishAsync(head, cancellation);
        await tasks.DoAsync(task, new TaskCommand.Submit(head, session.Summary), session.AgentId, cancellation);
        return ("Committed", null);
    }

    /// <returns><c>Again</c>, or <c>GaveUp</c> when the task is blocked now.</returns>
    public async Task<string> SendBackAsync(Guid taskId, Guid sessionId, string reason, string feedback, CancellationToken cancellation)
    {
        var task = await tasks.GetAsync(taskId, cancellation);
        // Of the session, not of the task: after a crash the step may run again when the next attempt has begun already.
        var rejected = (await sessions.GetAsync(sessionId, cancellation)).Attempt;
        if (reason is "verdict" or "checks" or "merge" && task.RepositoryId is { } repository)
            await lessons.AddAsync(repository, Words.Parse<LessonSource>(reason), Lesson(task, feedback), taskId, cancellation);
        var result = await tasks.DoAsync(taskId, new TaskCommand.SendBack(rejected, reason, feedback), cancellation: cancellation);
        if (result.Task.Status != TaskState.Blocked) return "Again";
        await RemoveSessionFoldersAsync(taskId, cancellation);
        return "GaveUp";
    }

    /// <param name="instance">The workflow that gives up: one that has lost the task to a person's decision has nothing to say any more.</param>
    public async Task BlockAsync(Guid taskId, string instance, string reason, CancellationToken cancellation)
    {
        var task = await tasks.GetAsync(taskId, cancellation);
        if (!task.HasEnded) await tasks.DoAsync(task, new TaskCommand.Block(reason, instance), cancellation: cancellation);
        await RemoveSessionFoldersAsync(taskId, cancellation);
    }

    /// <summary>After the merge, or a cancellation: workspace and private refs are not needed any more.</summary>
    public async Task CloseAsync(Guid taskId, CancellationToken cancellation)
    {
        var task = await tasks.GetAsync(taskId, cancellation);
        try
        {
            if (task.RepositoryId is not null) await WorkspaceWork.UnpublishAsync((await RepositoryAsync(task, cancellation)).Path, taskId, cancellation);
        }
        catch (RepositoryException)
        {
            // The repository is gone, and its refs with it.
        }

        // Also of one that has not noticed yet that it is over: nobody comes back for its folder.
        foreach (var session in await sessions.ListAsync(taskId, cancellation: cancellation)) await workspaces.RemoveAsync(session.Id, cancellation);
        await workspaces.RemoveAsync(taskId, cancellation); // last: as long as it is there, this is not done
    }

    /// <summary>Of planners and judges; a session that runs, of another attempt that has begun meanwhile, keeps its own.</summary>
    private async Task RemoveSessionFoldersAsync(Guid taskId, CancellationToken cancellation)
    {
        foreach (var session in await sessions.ListAsync(taskId, cancellation: cancellation))
            if (session.Status != SessionStatus.Running) await workspaces.RemoveAsync(session.Id, cancellation);
    }

    private async Task<Repository> RepositoryAsync(AgentTask task, CancellationToken cancellation) =>
        await repositories.GetAsync(task.RepositoryId ?? throw new RepositoryException($"'{task.Title}' has no repository. Give it one: agentos task create … --repo PATH."), cancellation);

    private GitAuthor Person() => new("A person", "person@localhost", time.GetUtcNow());

    private GitAuthor Author(Agent? agent) => new(agent is null ? "AgentOS" : $"AgentOS {agent.Name}", "agentos@localhost", time.GetUtcNow());

    private static string Message(AgentTask task, string? summary) => $"{task.Title}\n\n{summary?.Trim()}\n\nTask: {task.Id}";

    private static string Lesson(AgentTask task, string feedback)
    {
        // On one line a log's code fence would enclose nothing.
        var text = string.Join(' ', feedback.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(line => !line.StartsWith("```", StringComparison.Ordinal)));
        return $"'{task.Title}' came back: {(text.Length > 400 ? text[..400] + "…" : text)}";
    }

    /// <summary>agentos/ID-words-of-the-title, as git allows it.</summary>
    public static string BranchOf(Guid id, string title)
    {
        var words = new string([.. title.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]);
        words = string.Join('-', words.Split('-', StringSplitOptions.RemoveEmptyEntries).Take(6));
        return $"agentos/{id.ToString("N")[^8..]}{(words.Length == 0 ? "" : "-")}{words[..Math.Min(words.Length, 60)]}";
    }
}
