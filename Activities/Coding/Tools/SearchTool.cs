using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AgentOS.Activities.Coding.Tools;

internal sealed class SearchTool(WorkspaceFiles files, Func<IgnoredFiles> openIgnored)
{
    private const int Most = 200, LongestLine = 300;
    private const long LargestFile = 2 << 20;
    private static readonly TimeSpan PerLine = TimeSpan.FromSeconds(1), Total = TimeSpan.FromSeconds(20);

    [Description("Searches the text files of the repository for a regular expression, line by line. Ignored and binary files are left out.")]
    public string Search(
        [Description("A regular expression of .NET.")] string pattern,
        [Description("Folder or file to search in, relative to the root of the repository; all when left out.")] string? path = null) => Answer.Of(() =>
    {
        if (string.IsNullOrEmpty(pattern))
            throw new ToolException("The pattern is empty.");
        var (regex, note) = Compile(pattern);
        var clock = Stopwatch.StartNew();
        var text = new StringBuilder(note);
        var matches = 0;
        foreach (var file in Files(WorkspacePath.Normalize(path)))
        {
            if (matches >= Most || clock.Elapsed > Total)
                break;
            foreach (var (number, line) in Lines(file))
            {
                if (!regex.IsMatch(line))
                    continue;
                var shown = line.Length <= LongestLine ? line : $"{line.AsSpan(0, LongestLine)} …";
                text.Append(CultureInfo.InvariantCulture, $"{file}:{number}: {shown}\n");
                if (++matches >= Most)
                    break;
            }
        }
        if (matches == 0)
            text.Append("Nothing found.");
        if (matches >= Most)
            text.Append(CultureInfo.InvariantCulture, $"[more than {Most} lines match; narrow the pattern or the path]\n");
        else if (clock.Elapsed > Total)
            text.Append("[stopped after 20 seconds; narrow the path]\n");
        return text.ToString();
    });

    private static (Regex Regex, string Note) Compile(string pattern)
    {
        try
        {
            return (new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, PerLine), "");
        }
        catch (NotSupportedException)
        {
            // Look-around and back-references need the engine that can explode: the time limit holds it.
            return (new(pattern, RegexOptions.CultureInvariant, PerLine), "");
        }
        catch (ArgumentException invalid)
        {
            return (new(Regex.Escape(pattern), RegexOptions.CultureInvariant, PerLine),
                $"[not a regular expression ({invalid.Message}); searched as plain text]\n");
        }
    }

    private IEnumerable<string> Files(string start)
    {
        using var ignored = openIgnored();
        var open = new Stack<string>([start]);
        while (open.TryPop(out var path))
        {
            if (files.List(path) is not { } entries)
            {
                yield return path;
                continue;
            }
            foreach (var entry in entries.Reverse().Where(entry => entry.LinkTarget is null))
            {
                var inner = path is "" ? entry.Name : $"{path}/{entry.Name}";
                if (!ignored.Contains(inner, entry.IsFolder) && (entry.IsFolder || entry.Length is > 0 and <= LargestFile))
                    open.Push(inner);
            }
        }
    }

    private List<(int Number, string Line)> Lines(string path)
    {
        try
        {
            using var file = files.OpenRead(path);
            return [.. ReadFileTool.Lines(WorkspaceText.Read(file, path).Text).Select((line, index) => (index + 1, line))];
        }
        catch (ToolException)
        {
            // Binary, not regular, or gone meanwhile: not text to be searched.
            return [];
        }
    }
}
