using System.ComponentModel;

namespace AgentOS.Activities.Coding.Tools;

internal sealed class EditFileTool(WorkspaceFiles files)
{
    [Description("Replaces one piece of text in a file. old_text must be in the file exactly once, with the same spaces and line breaks.")]
    public string EditFile(
        [Description("File relative to the root of the repository.")] string path,
        [Description("The text to replace, without line numbers; with enough lines around it to be unique.")] string old_text,
        [Description("What to put in its place.")] string new_text) => Answer.Of(() =>
    {
        var name = WorkspacePath.Normalize(path);
        using var file = files.OpenWrite(name, create: false);
        var content = WorkspaceText.Read(file, name);
        if (!content.IsValid)
            throw new ToolException($"'{name}' is not valid UTF-8, so an edit could destroy bytes. Change it with run_shell.");
        var change = TextEdit.Apply(content.Text, old_text, new_text);
        if (change.Error is { } error)
            throw new ToolException(error);
        file.SetLength(0);
        file.Write(content.Encode(change.Text!));
        var lines = ReadFileTool.Lines(change.Text!);
        return lines.Length == 0
            ? $"Edited {name}; it is empty now."
            : $"Edited {name}:\n{ReadFileTool.Number(lines[..Math.Min(change.LastLine + 2, lines.Length)], Math.Max(change.FirstLine - 2, 1), Math.Min(change.LastLine + 2, lines.Length))}";
    });
}
