using System.ComponentModel;
using System.Text;

namespace AgentOS.Activities.Coding.Tools;

internal sealed class ListFilesTool(WorkspaceFiles files, Func<IgnoredFiles> openIgnored)
{
    private const int Most = 400;

    [Description("Lists the files below a folder of the repository, without ignored ones. Folders that do not fit are named with a slash: list them by themselves.")]
    public string ListFiles([Description("Folder relative to the root of the repository; '.' for all.")] string path = ".") => Answer.Of(() =>
    {
        var start = WorkspacePath.Normalize(path);
        using var ignored = openIgnored();
        var found = new List<string>();
        var open = new Queue<string>([start]);
        // By depth, so that a large folder does not hide its neighbours.
        while (open.TryPeek(out var folder) && found.Count < Most)
        {
            open.Dequeue();
            var entries = files.List(folder) ?? throw new ToolException($"'{folder}' is a file. Use read_file.");
            foreach (var entry in entries)
            {
                var inner = folder is "" ? entry.Name : $"{folder}/{entry.Name}";
                if (ignored.Contains(inner, entry.IsFolder))
                    continue;
                if (entry.IsFolder)
                    open.Enqueue(inner);
                else
                    found.Add(entry.LinkTarget is null ? inner : $"{inner} -> {entry.LinkTarget}");
            }
        }
        return Render(found, open);
    });

    private static string Render(List<string> found, IEnumerable<string> unopened)
    {
        var lines = found.Concat(unopened.Select(folder => $"{folder}/")).Order(StringComparer.Ordinal).ToList();
        if (lines.Count == 0)
            return "The folder has no files.";
        var text = new StringBuilder();
        foreach (var line in lines.Take(Most * 2))
            text.Append(line).Append('\n');
        if (lines.Count > Most * 2)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"[{lines.Count - Most * 2} more; list a folder by itself to see them]\n");
        return text.ToString();
    }
}
