using System.Text.RegularExpressions;
using AgentOS.Kernel;
using LibGit2Sharp;

namespace AgentOS.Activities.Coding.Tools;

/// <summary>A tool cannot do what the model asked; the message tells the model what to do instead.</summary>
internal sealed class ToolException(string message) : AgentOSException(message);

/// <summary>What a tool says to the model: text, and <c>Error: …</c> for what the model can mend.</summary>
internal static class Answer
{
    public static string Of(Func<string> work)
    {
        try
        {
            return Clean(work());
        }
        catch (Exception error) when (IsAnswer(error))
        {
            return $"Error: {Clean(error.Message)}";
        }
    }

    public static async Task<string> OfAsync(Func<Task<string>> work)
    {
        try
        {
            return Clean(await work());
        }
        catch (Exception error) when (IsAnswer(error))
        {
            return $"Error: {Clean(error.Message)}";
        }
    }

    private static bool IsAnswer(Exception error) =>
        error is AgentOSException or IOException or UnauthorizedAccessException or LibGit2SharpException or RegexMatchTimeoutException;

    // PostgreSQL keeps no NUL in text.
    private static string Clean(string text) => text.Replace('\0', '\uFFFD');
}
