using System.ComponentModel;
using AgentOS.Activities.Models;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Sessions;
using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Human;

/// <summary>
/// The tool <c>ask_human</c>. It is not run like others: the question is posted, the workflow waits, and the person's answer becomes the call's result.
/// </summary>
public static class AskHuman
{
    public const string Name = "ask_human";

    /// <summary>To be offered to a model. Run all the same, it only says that nobody was asked.</summary>
    public static AIFunction Tool { get; } = AIFunctionFactory.Create(Ask, Name);

    /// <summary>Posts the question of a call; posted already, it is found again.</summary>
    /// <param name="seq">Of the transcript's entry that holds the call.</param>
    /// <returns>The question, whose answer is waited for; or what is wrong with the call, for the model.</returns>
    public static async Task<(Message? Question, string? Problem)> PostAsync(
        MessageStore messages, Session session, int seq, ToolCall call, CancellationToken cancellation = default)
    {
        if (call.Problem is { } problem) return (null, $"Error: {problem}");
        if (ToolArguments.Read(call.Arguments).FirstOrDefault(a => string.Equals(a.Key, "question", StringComparison.OrdinalIgnoreCase)).Value?.ToString() is not { } question
            || string.IsNullOrWhiteSpace(question))
            return (null, "Error: 'question' (string) is missing. The call was not run.");
        return (await messages.SendAsync(new(MessageType.Question, question.Trim())
        {
            TaskId = session.TaskId,
            FromAgentId = session.AgentId,
            SessionId = session.Id,
            StepKey = $"{session.Id}:{seq}:{call.Id}",
        }, cancellation), null);
    }

    /// <summary>The person's answer as the call's result.</summary>
    public static ToolEntry Answer(ToolCall call, Message answer) => new(call.Id, call.Name, answer.Content);

    [Description("Asks the owner of the repository a question, and waits for the answer, which may take days. Only for what the repository, the task and common sense do not answer.")]
    private static string Ask([Description("The question, with what is needed to answer it.")] string question) =>
        $"Error: nobody was asked: \"{question}\". Decide it yourself.";
}
