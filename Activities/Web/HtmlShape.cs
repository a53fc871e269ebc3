namespace AgentOS.Activities.Web;

/// <summary>
/// Looks over a page before it is parsed: parsers need time that grows with the square of the nesting and of the
/// attributes, and a page can be made of nothing else.
/// </summary>
internal static class HtmlShape
{
    private const int Deepest = 2000, MostSpacesInTag = 2000;

    // Need no end tag, or none at all.
    private static readonly HashSet<string> NotNesting =
    [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
        "p", "li", "dt", "dd", "option", "html", "head", "body",
    ];

    private static readonly HashSet<string> Raw = ["script", "style", "textarea", "title"];
    private static readonly string[] CellsOfTable = ["td", "th", "tr", "tbody", "thead", "tfoot"];

    public static bool IsHarmless(string html)
    {
        var open = new Dictionary<string, int>();
        var depth = 0;
        for (var at = html.IndexOf('<'); at >= 0 && at + 1 < html.Length; at = at + 1 < html.Length ? html.IndexOf('<', at + 1) : -1)
        {
            var closes = html[at + 1] == '/';
            var start = at + (closes ? 2 : 1);
            if (start >= html.Length || !char.IsAsciiLetter(html[start]))
                continue;
            var name = NameAt(html, start);
            if (closes)
            {
                Close(name);
                if (name is "table")
                    foreach (var cell in CellsOfTable)
                        while (Close(cell)) { }
                continue;
            }
            var end = html.IndexOf('>', start);
            var tag = html.AsSpan(start, (end < 0 ? html.Length : end) - start);
            if (tag.Length > MostSpacesInTag && tag.Count(' ') + tag.Count('\n') + tag.Count('\t') > MostSpacesInTag)
                return false;
            if (Raw.Contains(name))
            {
                var after = html.IndexOf($"</{name}", start, StringComparison.OrdinalIgnoreCase);
                at = after < 0 ? html.Length - 1 : after;
                continue;
            }
            if (NotNesting.Contains(name))
                continue;
            open[name] = open.GetValueOrDefault(name) + 1;
            if (++depth > Deepest)
                return false;
        }
        return true;

        bool Close(string name)
        {
            if (open.GetValueOrDefault(name) == 0)
                return false;
            open[name]--;
            depth--;
            return true;
        }
    }

    private static string NameAt(string html, int start)
    {
        var end = start;
        while (end < html.Length && end - start < 20 && char.IsAsciiLetterOrDigit(html[end]))
            end++;
        return html[start..end].ToLowerInvariant();
    }
}
