using DiffPlex;
using DiffPlex.Chunkers;

namespace AgentOS.Studio.Tasks;

public enum LineFate { Same, Added, Deleted }

/// <summary>A piece of a line; changed within its line or not.</summary>
public sealed record LinePiece(string Text, bool IsChanged);

/// <summary>A line of a difference.</summary>
/// <param name="Old">Its number before, from 1; null where it was not there.</param>
public sealed record DiffLine(LineFate Fate, int? Old, int? New, IReadOnlyList<LinePiece> Pieces);

/// <summary>A row of two columns: the line before and the line after.</summary>
public sealed record DiffRow(DiffLine? Left, DiffLine? Right);

/// <summary>Lines that changed, with some around them.</summary>
/// <param name="Skipped">Lines that are the same and left out before it.</param>
public sealed record Hunk(int Skipped, IReadOnlyList<DiffLine> Lines)
{
    /// <summary>The same for two columns: what replaces stands beside what it replaces.</summary>
    public IReadOnlyList<DiffRow> Rows()
    {
        List<DiffRow> rows = [];
        for (var i = 0; i < Lines.Count;)
        {
            if (Lines[i].Fate == LineFate.Same)
            {
                rows.Add(new(Lines[i], Lines[i]));
                i++;
                continue;
            }

            var deleted = Lines.Skip(i).TakeWhile(line => line.Fate == LineFate.Deleted).ToList();
            var added = Lines.Skip(i + deleted.Count).TakeWhile(line => line.Fate == LineFate.Added).ToList();
            for (var n = 0; n < Math.Max(deleted.Count, added.Count); n++) rows.Add(new(deleted.ElementAtOrDefault(n), added.ElementAtOrDefault(n)));
            i += deleted.Count + added.Count;
        }

        return rows;
    }
}

/// <summary>The difference of a file. Pure.</summary>
internal static class FileDiffModel
{
    private const int Context = 3;

    /// <summary>A longer line is not compared word by word.</summary>
    private const int LongestLine = 1000;

    public static IReadOnlyList<Hunk> Of(string? before, string? after)
    {
        var diff = Differ.Instance.CreateDiffs(before ?? "", after ?? "", ignoreWhiteSpace: false, ignoreCase: false, LineChunker.Instance);
        var (old, @new) = (Whole(diff.PiecesOld, before), Whole(diff.PiecesNew, after));
        List<DiffLine> lines = [];
        var (a, b) = (0, 0);
        foreach (var block in diff.DiffBlocks)
        {
            Same(block.DeleteStartA);
            Changed(block.DeleteCountA, block.InsertCountB);
        }

        Same(old.Count);
        return Hunks(lines);

        void Same(int until)
        {
            for (; a < until && b < @new.Count; a++, b++) lines.Add(new(LineFate.Same, a + 1, b + 1, [new(old[a], false)]));
        }

        void Changed(int deleted, int added)
        {
            // The chunker sees an empty last line where a text ends with a line break.
            (deleted, added) = (Math.Min(deleted, old.Count - a), Math.Min(added, @new.Count - b));
            var pairs = Enumerable.Range(0, Math.Min(deleted, added)).Select(i => Words(old[a + i], @new[b + i])).ToList();
            for (var i = 0; i < deleted; i++, a++) lines.Add(new(LineFate.Deleted, a + 1, null, i < pairs.Count ? pairs[i].Old : [new(old[a], false)]));
            for (var i = 0; i < added; i++, b++) lines.Add(new(LineFate.Added, null, b + 1, i < pairs.Count ? pairs[i].New : [new(@new[b], false)]));
        }
    }

    private static IReadOnlyList<string> Whole(IReadOnlyList<string> pieces, string? text) =>
        string.IsNullOrEmpty(text) ? [] : text[^1] is '\n' or '\r' && pieces is [.., ""] ? [.. pieces.Take(pieces.Count - 1)] : pieces;

    private static (IReadOnlyList<LinePiece> Old, IReadOnlyList<LinePiece> New) Words(string old, string @new)
    {
        if (old.Length > LongestLine || @new.Length > LongestLine) return ([new(old, false)], [new(@new, false)]);
        var diff = Differ.Instance.CreateDiffs(old, @new, ignoreWhiteSpace: false, ignoreCase: false, WordChunker);
        var (left, right) = (new bool[diff.PiecesOld.Count], new bool[diff.PiecesNew.Count]);
        foreach (var block in diff.DiffBlocks)
        {
            Array.Fill(left, true, block.DeleteStartA, block.DeleteCountA);
            Array.Fill(right, true, block.InsertStartB, block.InsertCountB);
        }

        var (before, after) = (Merged(diff.PiecesOld, left), Merged(diff.PiecesNew, right));
        // Where hardly a word stayed, marks on all of them say nothing.
        return Same(before) * 3 < old.Trim().Length ? ([new(old, false)], [new(@new, false)]) : (before, after);
    }

    private static readonly IChunker WordChunker = new DelimiterChunker([' ', '\t', '.', ',', ';', ':', '(', ')', '[', ']', '{', '}', '<', '>', '"', '\'', '`', '=', '+', '-', '*', '/', '&', '|', '!', '?']);

    private static int Same(IReadOnlyList<LinePiece> pieces) => pieces.Where(piece => !piece.IsChanged).Sum(piece => piece.Text.Trim().Length);

    private static List<LinePiece> Merged(IReadOnlyList<string> texts, bool[] isChanged)
    {
        List<LinePiece> pieces = [];
        for (var i = 0; i < texts.Count; i++)
        {
            if (pieces is [.., var last] && last.IsChanged == isChanged[i]) pieces[^1] = last with { Text = last.Text + texts[i] };
            else pieces.Add(new(texts[i], isChanged[i]));
        }

        return pieces;
    }

    private static List<Hunk> Hunks(List<DiffLine> lines)
    {
        List<Hunk> hunks = [];
        var end = 0;
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].Fate == LineFate.Same) continue;
            var begin = Math.Max(end, i - Context);
            var last = i;
            for (var n = i; n < lines.Count && n - last <= 2 * Context; n++)
                if (lines[n].Fate != LineFate.Same) last = n;
            var stop = Math.Min(lines.Count, last + Context + 1);
            hunks.Add(new(begin - end, lines[begin..stop]));
            (end, i) = (stop, stop - 1);
        }

        return hunks;
    }
}
