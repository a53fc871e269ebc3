using System.ComponentModel;
using System.Text;

namespace AgentOS.Activities.Coding.Tools;

internal sealed class WriteFileTool(WorkspaceFiles files)
{
    private const int Largest = 4 << 20;

    [Description("Writes a whole text file; makes it, and the folders above it, when it is not there. For a change within a file use edit_file.")]
    public string WriteFile(
        [Description("File relative to the root of the repository.")] string path,
        [Description("All of the new content.")] string content) => Answer.Of(() =>
    {
        var name = WorkspacePath.Normalize(path);
        var bytes = Encoding.UTF8.GetBytes(content);
        if (bytes.Length > Largest)
            throw new ToolException($"The content has {bytes.Length >> 20} MB; {Largest >> 20} MB is the most. Generate such files with run_shell.");
        using var file = files.OpenWrite(name, create: true);
        var existed = file.Length > 0;
        file.SetLength(0);
        file.Write(bytes);
        return $"{(existed ? "Replaced" : "Wrote")} {name}: {ReadFileTool.Lines(content).Length} lines.";
    });
}
