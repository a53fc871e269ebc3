using System.Text;

namespace AgentOS.Activities.Models;

/// <summary>Texts from models and tools as PostgreSQL, JSON and people can take them.</summary>
internal static class PlainText
{
    /// <summary>Without NUL and halves of surrogate pairs, which PostgreSQL refuses.</summary>
    public static string Clean(string text)
    {
        var isClean = true;
        for (var i = 0; i < text.Length && isClean; i++) isClean = text[i] != '\0' && !char.IsSurrogate(text[i]);
        if (isClean) return text;
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) clean.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);
        return clean.ToString();
    }

    /// <summary>At most about <paramref name="most"/> characters: the head and the tail, and between them how much is left out.</summary>
    public static string Shorten(string text, int most)
    {
        if (text.Length <= most) return text;
        var head = most * 2 / 3;
        var tail = most - head;
        return Clean($"{text[..head]}\n… [{text.Length - most} characters left out] …\n{text[^tail..]}");
    }
}
