using System.Text;

namespace AgentOS.Studio.Tasks;

/// <summary>A piece of a log's line with one look.</summary>
/// <param name="Look">Classes of CSS; null: plain.</param>
public sealed record AnsiPiece(string Text, string? Look);

/// <summary>
/// A log as a terminal would show it, line by line: colours become classes, whatever else a program says to a terminal (moves, titles, links, bells) is left out, and
/// of a line that was written over and over the last state stands. Pure.
/// </summary>
internal static class AnsiText
{
    private const int LongestLine = 4000;

    private static readonly string[] Colours = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

    public static IReadOnlyList<IReadOnlyList<AnsiPiece>> Lines(string log)
    {
        List<IReadOnlyList<AnsiPiece>> lines = [];
        var look = new Look(null, false, false);
        foreach (var raw in log.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n')) lines.Add(Line(raw, ref look));
        if (lines is [.., { Count: 0 }]) lines.RemoveAt(lines.Count - 1);
        return lines;
    }

    private static List<AnsiPiece> Line(string raw, ref Look look)
    {
        List<AnsiPiece> pieces = [];
        var text = new StringBuilder();
        var shown = 0;
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] == '\r')
            {
                if (i == raw.Length - 1) break;
                pieces.Clear();
                text.Clear();
                shown = 0;
            }
            else if (raw[i] is '\u001b' or '\u009b')
            {
                Flush(look);
                i = Escape(raw, i, ref look);
            }
            else if (raw[i] == '\t' || !char.IsControl(raw[i]))
            {
                if (shown++ < LongestLine) text.Append(raw[i]);
            }
        }

        Flush(look);
        if (shown > LongestLine) pieces.Add(new($" … {shown - LongestLine} more characters", null));
        return pieces;

        void Flush(Look now)
        {
            if (text.Length > 0) pieces.Add(new(text.ToString(), now.Classes));
            text.Clear();
        }
    }

    /// <returns>The place of the sequence's last character.</returns>
    private static int Escape(string raw, int at, ref Look look)
    {
        var begin = raw[at] == '\u009b' ? at + 1 : at + 2;
        if (raw[at] == '\u001b' && at + 1 < raw.Length && raw[at + 1] == ']')
        {
            // An operating system command: to the bell, or to ESC \.
            for (var i = begin; i < raw.Length; i++)
            {
                if (raw[i] == '\a') return i;
                if (raw[i] == '\u001b') return Math.Min(i + 1, raw.Length - 1);
            }

            return raw.Length - 1;
        }

        if (raw[at] == '\u001b' && (at + 1 >= raw.Length || raw[at + 1] != '[')) return Math.Min(at + 1, raw.Length - 1);
        for (var i = begin; i < raw.Length; i++)
        {
            if (raw[i] is < '@' or > '~') continue;
            if (raw[i] == 'm') look = look.With(raw[begin..i]);
            return i;
        }

        return raw.Length - 1;
    }

    private readonly record struct Look(string? Colour, bool IsBold, bool IsFaint)
    {
        public string? Classes => this switch
        {
            { Colour: null, IsBold: false, IsFaint: false } => null,
            _ => string.Join(' ', ((string?[])[Colour is null ? null : "ansi-" + Colour, IsBold ? "ansi-bold" : null, IsFaint ? "ansi-faint" : null]).OfType<string>()),
        };

        public Look With(string codes)
        {
            var now = this;
            var numbers = codes.Split(';', ':').Select(code => code.Length == 0 ? 0 : int.TryParse(code, out var number) ? number : -1).ToList();
            for (var i = 0; i < numbers.Count; i++)
            {
                now = numbers[i] switch
                {
                    0 => default,
                    1 => now with { IsBold = true },
                    2 => now with { IsFaint = true },
                    22 => now with { IsBold = false, IsFaint = false },
                    >= 30 and <= 37 => now with { Colour = Colours[numbers[i] - 30] },
                    >= 90 and <= 97 => now with { Colour = Colours[numbers[i] - 90] },
                    39 => now with { Colour = null },
                    _ => now,
                };
                // Colours of larger palettes have their numbers behind them.
                if (numbers[i] is 38 or 48) i += i + 1 < numbers.Count && numbers[i + 1] == 5 ? 2 : 4;
            }

            return now;
        }
    }
}
