using AgentOS.Activities.Git;
using AgentOS.Activities.Human;
using AgentOS.Activities.Review;
using AgentOS.Kernel;
using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Activities.Models.Sessions;

/// <summary>
/// Runs agents, step by step: ask the model, run a tool call, append, repeat. The transcript is the truth about where a session is,
/// so each step can run again after a crash and goes on where the last one was recorded.
/// </summary>
public sealed class SessionService(
    SessionStore sessions, TaskStore tasks, AgentStore agents, RepositoryStore repositories, QuestionService questions, ModelGateway gateway,
    SessionTools tools, LiveWords live, Workspaces workspaces, IEnumerable<SessionPurpose> purposes, TimeProvider time, SessionOptions options)
{
    private readonly Dictionary<string, SessionPurpose> _purposes = purposes.ToDictionary(p => p.Name, StringComparer.Ordinal);

    private const int OpeningEntries = 2;

    /// <summary>Opens the session of a task's present attempt, or finds it.</summary>
    public async Task<Guid> OpenAsync(Guid taskId, string role, string purpose, string instance, SessionChoices choices, CancellationToken cancellation)
    {
        var how = Purpose(purpose);
        if (!string.Equals(Words.Of(how.Role), role, StringComparison.Ordinal))
            throw new AgentOSException($"The purpose '{purpose}' is one of the role '{Words.Of(how.Role)}', not of '{role}'. Correct the activity's inputs.");
        var task = await tasks.GetAsync(taskId, cancellation);
        var known = await sessions.FindAsync(taskId, purpose, task.Attempt, cancellation);
        if (known is not (null or { Status: SessionStatus.Running, EntryCount: <= OpeningEntries })) return known.Id;
        var open = new Kernel.Sessions.OpenSession(how.Role, purpose, taskId, task.Attempt)
        {
            AgentId = how.Role == AgentRole.Worker ? task.AssigneeId : null,
            Model = await ModelOfAsync(task, how, choices, cancellation),
            WorkflowInstanceId = instance,
        };
        SessionScope scope;
        Session session;
        try
        {
            scope = await ScopeAsync(known ?? open.Expected(time.GetUtcNow()), task, task.RepositoryId is { } repository ? await repositories.FindAsync(repository, cancellation) : null, cancellation);
            session = known ?? await sessions.OpenAsync(open with { Opening = await OpeningAsync(how, scope, choices, cancellation) }, cancellation);
        }
        catch when (known is null)
        {
            // The task was cancelled meanwhile, as a rule: who clears up after it knows nothing of a session that was not opened.
            if (await sessions.FindAsync(taskId, purpose, task.Attempt, CancellationToken.None) is null) await workspaces.RemoveAsync(open.Id, CancellationToken.None);
            throw;
        }

        // Also of one that was opened just before a crash.
        if (await how.DecidedAsync(scope, cancellation) is { } decided) await sessions.CloseAsync(session.Id, decided.Outcome, decided.Summary, cancellation: cancellation);
        return session.Id;
    }

    private static async Task<IReadOnlyList<NewEntry>> OpeningAsync(SessionPurpose how, SessionScope scope, SessionChoices choices, CancellationToken cancellation)
    {
        var opening = await how.OpeningAsync(scope, cancellation);
        // What an earlier attempt or a person left in the workspace: a first tool call that is cut off goes back to this, not to the bare base.
        var start = !how.ChangesFiles ? null
            : scope.Task is { Attempt: 1, PersonAttempt: null } ? scope.Workspace.BaseSha
            : await scope.Workspace.SnapshotAsync($"{scope.Session.Id}: start", cancellation);
        return [SessionTranscript.Entry(new SystemEntry(opening.System + choices.Told)), SessionTranscript.Entry(new UserEntry(opening.User), start)];
    }

    /// <summary>What a person chose for the goal counts first, then what the workflow says. An agent may have a model of its own; one that has its role's is named after the role.</summary>
    private async Task<string?> ModelOfAsync(AgentTask task, SessionPurpose how, SessionChoices choices, CancellationToken cancellation)
    {
        if (task.Models?.GetValueOrDefault(Words.Of(how.Role)) is { } chosen) return chosen;
        if (choices.Model is { Length: > 0 } model) return model;
        if (how.Role != AgentRole.Worker || task.AssigneeId is not { } worker) return null;
        var own = (await agents.FindAsync(worker, cancellation))?.Model;
        return own == Words.Of(how.Role) ? null : own;
    }

    /// <summary>Asks the session's model for its next answer, unless tool calls of the last one still wait.</summary>
    public async Task<ModelStep> AskAsync(Guid sessionId, CancellationToken cancellation)
    {
        var place = await sessions.PlaceAsync(sessionId, cancellation);
        var session = place.Session;
        List<TranscriptEntry> entries = [.. place.Entries.Select(SessionTranscript.Read)];
        // Given up just before a crash: it stays so, and nothing is asked and paid again.
        if (session.Status == SessionStatus.Crashed) return new(null, [], null, 0, 0, 0, 0, session.Summary);
        if (session.Status != SessionStatus.Running) return new(null, [], null, 0, 0, 0, 0, null);
        if (Transcript.Pending(entries) is { Count: > 0 } pending)
            return new(null, [.. pending.Select(c => c.Name)], null, 0, 0, 0, 0, null);
        if (place.Words.Count > 0)
        {
            var told = SessionTranscript.Entry(new UserEntry(PersonWords.Text(place.Words)));
            // Someone was faster, or the session is over: look again.
            if (await sessions.TellAsync(sessionId, entries.Count, told, place.Words, cancellation) is null) return await AskAsync(sessionId, cancellation);
            entries.Add(new UserEntry(PersonWords.Text(place.Words)));
        }

        if (Transcript.Futile(entries) is { Turns: var futile, Problem: var problem } && futile >= options.MostFutileTurns)
            return await FailAsync(session, $"The agent got nowhere in its last {futile} answers. {problem} Say it more clearly (agentos task edit), or give the role another model in llm.yaml; then retry it (agentos task retry {session.TaskId}).", cancellation);
        var turns = entries.OfType<AssistantEntry>().Count();
        if (turns >= options.MostTurns)
            return await FailAsync(session, $"The agent did not finish within {options.MostTurns} answers of its model. Make the task smaller, or give the role another model in llm.yaml; then retry it (agentos task retry {session.TaskId}).", cancellation);

        var scope = await ScopeAsync(session, place.Task, place.Repository, cancellation);
        var set = await tools.ForAsync(Purpose(session.Purpose), scope, cancellation);
        using var words = live.Begin(sessionId, entries.Count);
        var outcome = await gateway.AskAsync(new(Words.Of(session.Role), Transcript.Messages(entries), set.Tools, $"{sessionId}:{entries.Count}")
        {
            SessionId = sessionId,
            Seq = entries.Count,
            Model = session.Model,
        }, delta => Say(words, delta), cancellation);
        if (outcome is ModelFailure failure) return await FailAsync(session, failure.Message, cancellation);

        var reply = (ModelReply)outcome;
        // Settled, but not appended: a recorded answer whose place in the transcript was lost.
        if (reply.TranscriptLength is null) await sessions.AppendAsync(sessionId, entries.Count, [SessionTranscript.Entry(AssistantEntry.From(reply))], cancellation);
        return new(reply.Text, [.. reply.ToolCalls.Select(c => c.Name)], reply.Model, reply.Usage.InputTokens, reply.Usage.OutputTokens,
            reply.CostUsd, reply.Duration.TotalSeconds, null);
    }

    /// <summary>Runs the next tool call that has no answer, and says what that means for the session.</summary>
    public async Task<ToolStep> RunToolAsync(Guid sessionId, CancellationToken cancellation)
    {
        var place = await sessions.PlaceAsync(sessionId, cancellation);
        var (session, rows) = (place.Session, place.Entries);
        List<TranscriptEntry> entries = [.. rows.Select(SessionTranscript.Read)];
        if (Ended(session) is { } ended) return ended;
        if (Transcript.Pending(entries) is not [var call, ..])
        {
            await sessions.AppendAsync(sessionId, entries.Count, [SessionTranscript.Entry(new UserEntry(NudgeFor(session)))], cancellation);
            return new(null, null, null, 0, "Ask", null);
        }

        var purpose = Purpose(session.Purpose);
        var scope = await ScopeAsync(session, place.Task, place.Repository, cancellation);
        using var words = live.Begin(sessionId, entries.Count);
        var set = await tools.ForAsync(purpose, scope with { OnOutput = words.SayLine }, cancellation);
        var offered = set.Tools.Any(t => t.Name == call.Name);
        if (call.Problem is null && offered && EndingTools.Decide(call.Name, call.Arguments) is { } ending)
        {
            if (place.Words.Count > 0 && ending is Ending.Finished or Ending.Blocked or Ending.Verdict) ending = new Ending.Refused(PersonWords.Waiting);
            return await EndAsync(scope, purpose, call, ending, entries.Count, cancellation);
        }

        var files = purpose.ChangesFiles && MayChangeFiles(call.Name);
        if (files) await WorkspaceMark.EnterAsync(scope.Workspace, LastSnapshot(rows, scope.Workspace), cancellation);
        var result = await set.RunAsync(call, cancellation);
        var snapshot = files ? await scope.Workspace.SnapshotAsync($"{sessionId}:{entries.Count} {call.Name}", cancellation) : null;
        await sessions.AppendAsync(sessionId, entries.Count, [SessionTranscript.Entry(result.Entry, snapshot)], cancellation);
        if (files) WorkspaceMark.Leave(scope.Workspace);
        return new(call.Name, call.Arguments, result.Text, result.Duration.TotalSeconds, "Ask", null);
    }

    private static ValueTask Say(LiveStep words, ModelDelta delta)
    {
        if (delta is ModelDelta.Text text) words.Say(text.Value);
        else if (delta is ModelDelta.Reasoning reasoning) words.Say(reasoning.Value);
        else if (delta is ModelDelta.Retry retry) words.StartOver($"[{retry.Reason} Trying again.]");
        return ValueTask.CompletedTask;
    }

    private async Task<ToolStep> EndAsync(SessionScope scope, SessionPurpose purpose, ToolCall call, Ending ending, int seq, CancellationToken cancellation)
    {
        var id = scope.Session.Id;
        if (ending is Ending.Finished finished && await purpose.ObjectionAsync(scope, finished, cancellation) is { } objection) ending = new Ending.Refused(objection);
        switch (ending)
        {
            case Ending.Refused(var error):
                await AnswerAsync(error);
                return Step("Ask", error, null);
            case Ending.Question(var text):
                // The answer becomes the call's result, in WaitForAnswer; asked again after a crash, the question is there once.
                await questions.AskAsync(scope, text, $"{id}:{seq}", cancellation);
                return Step("Question", null, text);
            case Ending.Verdict(var approved, var feedback, var findings):
                var (outcome, words) = (approved ? "Approved" : "Rejected", VerdictText.Of(feedback, findings));
                await sessions.CloseAsync(id, outcome.ToLowerInvariant(), words, VerdictText.Evidence(scope, approved, feedback, findings, stepKey: $"{id}:{seq}"), cancellation);
                return Step(outcome, null, words);
            case Ending.Blocked(var reason):
                return await CloseAsync("Blocked", reason);
            default:
                return await CloseAsync("Finished", ((Ending.Finished)ending).Summary);
        }

        // Closing is the record of the ending: what comes after a crash finds the session closed, and leads on by its outcome.
        async Task<ToolStep> CloseAsync(string outcome, string text)
        {
            await sessions.CloseAsync(id, outcome.ToLowerInvariant(), text, cancellation: cancellation);
            return Step(outcome, null, text);
        }

        Task AnswerAsync(string text) => sessions.AppendAsync(id, seq, [SessionTranscript.Entry(new ToolEntry(call.Id, call.Name, text))], cancellation);
        ToolStep Step(string outcome, string? answer, string? feedback) => new(call.Name, call.Arguments, answer, 0, outcome, feedback);
    }

    /// <summary>A session that was closed just before a crash leads on as it did.</summary>
    private static ToolStep? Ended(Session session) => session.Status == SessionStatus.Running ? null : session.Outcome switch
    {
        "finished" => new(null, null, null, 0, "Finished", session.Summary),
        "approved" => new(null, null, null, 0, "Approved", session.Summary),
        "rejected" => new(null, null, null, 0, "Rejected", session.Summary),
        // A person wants another plan: from either of these ways the goal's workflow comes to it.
        "replanned" => new(null, null, null, 0, session.Role == AgentRole.Reviewer ? "Rejected" : "Finished", session.Summary),
        _ => new(null, null, null, 0, "Blocked", session.Summary ?? session.Outcome),
    };

    private async Task<ModelStep> FailAsync(Session session, string message, CancellationToken cancellation)
    {
        var closed = await sessions.CloseAsync(session.Id, "failed", message, SessionStatus.Crashed, cancellation);
        // Ended by a person meanwhile: that is how it goes on.
        return new(null, [], null, 0, 0, 0, 0, closed.Status == SessionStatus.Crashed ? message : null);
    }

    private async Task<SessionScope> ScopeAsync(Session session, AgentTask? task, Repository? repository, CancellationToken cancellation)
    {
        if (task is null) throw new AgentOSException($"Session {session.Id} belongs to no task.");
        if (repository is null) throw new AgentOSException($"'{task.Title}' has no repository. Give it one, then retry it.");
        return new(session, task, repository, await Purpose(session.Purpose).WorkspaceAsync(session, task, repository, cancellation));
    }

    private SessionPurpose Purpose(string name) => _purposes.TryGetValue(name, out var purpose)
        ? purpose
        : throw new AgentOSException($"There is no purpose '{name}'. Use one of {string.Join(", ", _purposes.Keys)}.");

    private string NudgeFor(Session session) =>
        $"Go on by calling a tool. When the work is done, call `{(Purpose(session.Purpose).Judges ? "submit_verdict" : "finish")}`.";

    private static bool MayChangeFiles(string tool) => tool is "write_file" or "edit_file" or "delete_file" or "run_shell";

    private static string LastSnapshot(IReadOnlyList<SessionEntry> rows, Workspace workspace) => rows.LastOrDefault(r => r.SnapshotSha is not null)?.SnapshotSha ?? workspace.BaseSha;
}

/// <param name="MostTurns">Answers of a model in one session.</param>
/// <param name="MostFutileTurns">Answers in a row that call no tool, or only get errors from tools.</param>
public sealed record SessionOptions(int MostTurns = 80, int MostFutileTurns = 8);
