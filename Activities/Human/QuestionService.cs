using AgentOS.Activities.Models;
using AgentOS.Activities.Models.Sessions;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Sessions;

namespace AgentOS.Activities.Human;

/// <summary>Questions of agents to a person, and the answers' way back.</summary>
public sealed class QuestionService(MessageStore messages, SessionStore sessions)
{
    /// <summary>Puts the question to a person; asked again by the same step, it is there once.</summary>
    /// <param name="stepKey"><c>{session}:{seq}</c> of the call.</param>
    public Task<Message> AskAsync(SessionScope scope, string question, string stepKey, CancellationToken cancellation) =>
        messages.SendAsync(new NewMessage(MessageType.Question, question)
        {
            TaskId = scope.Task.Id,
            SessionId = scope.Session.Id,
            FromAgentId = scope.Session.AgentId,
            StepKey = stepKey,
        }, cancellation);

    /// <summary>Gives a session the answer it waits for, as the result of its call. False while no one has answered.</summary>
    public async Task<bool> AnswerAsync(Guid sessionId, CancellationToken cancellation)
    {
        var entries = await sessions.TranscriptAsync(sessionId, cancellation);
        // Answered before a crash: the result is there.
        if (Transcript.Pending(entries) is not [var call, ..] || call.Name != EndingTools.AskHuman.Name) return true;
        var question = await messages.FindByStepAsync($"{sessionId}:{entries.Count}", cancellation);
        var answer = question is null ? null : await messages.AnswerToAsync(question.Id, cancellation);
        if (answer is null) return false;
        await sessions.AppendAsync(sessionId, entries.Count, [SessionTranscript.Entry(new ToolEntry(call.Id, call.Name, answer.Content))], cancellation);
        return true;
    }
}
