using System.ComponentModel;
using System.Globalization;
using System.Text;

namespace AgentOS.Activities.Coding.Tools;

internal sealed class ReadFileTool(WorkspaceFiles files)
{
    private const int MostLines = 1000, MostCharacters = 60_000, LongestLine = 2000;

    [Description("Reads a text file with line numbers, up to 1000 lines at once.")]
    public string ReadFile(
        [Description("File relative to the root of the repository.")] string path,
        [Description("First line to show, from 1.")] int? from_line = null,
        [Description("Last line to show.")] int? to_line = null) => Answer.Of(() =>
    {
        var name = WorkspacePath.Normalize(path);
        using var file = files.OpenRead(name);
        var content = WorkspaceText.Read(file, name);
        var lines = Lines(content.Text);
        var first = Math.Max(from_line ?? 1, 1);
        var last = Math.Min(to_line ?? int.MaxValue, lines.Length);
        if (lines.Length == 0)
            return "The file is empty.";
        if (first > lines.Length)
            throw new ToolException($"'{name}' has only {lines.Length} lines.");
        if (last < first)
            throw new ToolException("to_line is before from_line.");
        return Number(lines, first, last)
            + (content.IsValid ? "" : "[the file is not valid UTF-8; what is shown as \uFFFD are other bytes, so edit_file refuses it]\n");
    });

    internal static string[] Lines(string text)
    {
        var lines = text.Split('\n');
        return lines[^1] is "" ? lines[..^1] : lines;
    }

    internal static string Number(string[] lines, int first, int last)
    {
        var text = new StringBuilder();
        var number = first;
        for (; number <= last && number < first + MostLines && text.Length < MostCharacters; number++)
        {
            var line = lines[number - 1].TrimEnd('\r');
            text.Append(CultureInfo.InvariantCulture, $"{number,5} | ");
            if (line.Length <= LongestLine)
                text.Append(line).Append('\n');
            else
                text.Append(line.AsSpan(0, LongestLine)).Append(CultureInfo.InvariantCulture, $" … [{line.Length - LongestLine} more characters]\n");
        }
        if (number <= lines.Length)
            text.Append(CultureInfo.InvariantCulture, $"[lines {first} to {number - 1} of {lines.Length}; from_line {number} shows more]\n");
        return text.ToString();
    }
}
