using System.Globalization;
using System.Text;

namespace AgentOS.Server.Cli.Top;

/// <summary>Text on a grid of columns: what a terminal shows wide counts twice, what it would obey is a space.</summary>
internal static class TopText
{
    public static int Width(string text) => text.EnumerateRunes().Sum(Width);

    /// <summary>The text in exactly so many columns; what is cut off ends with an ellipsis.</summary>
    public static string Fit(string text, int width)
    {
        var clean = Clean(text);
        var own = Width(clean);
        if (own > width) clean = Cut(clean, width - 1) + "…";
        return clean + new string(' ', Math.Max(0, width - Width(clean)));
    }

    /// <summary>As much of its beginning as fits.</summary>
    public static string Cut(string text, int width)
    {
        var kept = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if ((width -= Width(rune)) < 0) break;
            kept.Append(rune.ToString());
        }

        return kept.ToString();
    }

    private static string Clean(string text) => string.Concat(text.EnumerateRunes().Select(rune => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => " ",
        // Marks that turn the direction of what follows, and other invisible ones.
        UnicodeCategory.Format or UnicodeCategory.Surrogate => "",
        _ => rune.ToString(),
    }));

    private static int Width(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? 0 : rune.Value switch
    {
        < 0x1100 => 1,
        <= 0x115F or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6) => 2,
        (>= 0x1F300 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD) => 2,
        _ => 1,
    };
}
