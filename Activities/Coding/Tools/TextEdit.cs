namespace AgentOS.Activities.Coding.Tools;

/// <summary>Replaces a piece of text that must occur exactly once, and explains when it does not.</summary>
/// <param name="Text">The new text, or null with an <paramref name="Error"/>.</param>
/// <param name="FirstLine">Where the change begins in the new text, from 1.</param>
internal sealed record TextEdit(string? Text, string? Error, int FirstLine = 0, int LastLine = 0)
{
    public static TextEdit Apply(string text, string oldText, string newText)
    {
        oldText = oldText.Replace("\r\n", "\n", StringComparison.Ordinal);
        newText = newText.Replace("\r\n", "\n", StringComparison.Ordinal);
        if (oldText is "")
            return new(null, "old_text is empty. Give the text to replace, or use write_file for the whole file.");
        if (oldText == newText)
            return new(null, "old_text and new_text are the same: nothing to change.");
        var places = Places(text, oldText);
        if (places.Count == 1)
        {
            var start = LineAt(text, places[0]);
            return new(string.Concat(text.AsSpan(0, places[0]), newText, text.AsSpan(places[0] + oldText.Length)), null,
                start, start + newText.AsSpan().TrimEnd('\n').Count('\n'));
        }
        return new(null, places.Count > 1
            ? $"old_text is in the file {places.Count} times, at lines {string.Join(", ", places.Take(10).Select(place => LineAt(text, place)))}. Add lines around it to make it unique."
            : $"old_text is not in the file. The nearest is:\n{Nearest(text, oldText)}Copy the text exactly, without line numbers.");
    }

    private static List<int> Places(string text, string searched)
    {
        var places = new List<int>();
        for (var at = text.IndexOf(searched, StringComparison.Ordinal); at >= 0 && places.Count < 1000; at = text.IndexOf(searched, at + 1, StringComparison.Ordinal))
            places.Add(at);
        return places;
    }

    private static int LineAt(string text, int position) => text.AsSpan(0, position).Count('\n') + 1;

    // The lines that share most with what was searched, spaces aside: mostly the indentation or one word is wrong.
    private static string Nearest(string text, string searched)
    {
        const int mostLines = 20_000;
        var lines = ReadFileTool.Lines(text);
        var wanted = ReadFileTool.Lines(searched).Select(line => line.Trim()).ToArray();
        var key = wanted.MaxBy(line => line.Length) ?? "";
        var keyAt = Array.IndexOf(wanted, key);
        if (lines.Length == 0 || key is "")
            return "(nothing: the file is empty or old_text is only spaces)\n";
        var best = Enumerable.Range(0, Math.Min(lines.Length, mostLines)).MaxBy(index => Score(lines, index));
        var first = Math.Max(best - keyAt, 0);
        return ReadFileTool.Number(lines[..Math.Min(first + wanted.Length + 2, lines.Length)], Math.Max(first - 1, 1), Math.Min(first + wanted.Length + 2, lines.Length));

        double Score(string[] lines, int index)
        {
            var line = lines[index].Trim();
            var score = line == key ? 2 : line.Length > 500 ? 0 : TextDistance.Similarity(line, key);
            for (var i = 0; i < wanted.Length; i++)
            {
                var other = index - keyAt + i;
                if (score > 0.3 && i != keyAt && other >= 0 && other < lines.Length && lines[other].Trim() == wanted[i])
                    score += 0.5;
            }
            return score;
        }
    }
}
