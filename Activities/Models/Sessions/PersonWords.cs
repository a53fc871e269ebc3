using System.Globalization;
using System.Text;
using AgentOS.Kernel.Messages;

namespace AgentOS.Activities.Models.Sessions;

/// <summary>What people said about a task, as its agents are told.</summary>
public static class PersonWords
{
    private static readonly Prompt Words = Prompt.Load("Models.Sessions.words.md");

    /// <summary>Told to an agent that wants to end its session while such words wait.</summary>
    public const string Waiting = "Error: the owner of the repository has written about this task meanwhile. Read it (it follows), then decide again.";

    /// <summary>One message for the agent: each word with the place in the diff that it is about.</summary>
    public static string Text(IReadOnlyList<Message> words)
    {
        var text = new StringBuilder();
        foreach (var word in words)
        {
            if (word.File is { } file)
            {
                var commit = word.CommitSha is { } sha ? $" of commit {sha[..8]}" : "";
                text.Append(CultureInfo.InvariantCulture, $"On {file}{(word.Line is { } line ? string.Create(CultureInfo.InvariantCulture, $":{line}") : "")}{commit}: ");
            }

            text.Append(word.Content.Trim()).Append("\n\n");
        }

        return Words.Fill(("words", text.ToString()));
    }
}
