using AgentOS.Kernel.Database;

namespace AgentOS.Activities.Models;

internal static class Excerpt
{
    /// <summary>At most about <paramref name="most"/> characters: the head and the tail, and between them how much is left out.</summary>
    public static string Of(string text, int most)
    {
        if (text.Length <= most) return text;
        var head = most * 2 / 3;
        var tail = most - head;
        return PlainText.Clean($"{text[..head]}\n… [{text.Length - most} characters left out] …\n{text[^tail..]}");
    }
}
