using System.ComponentModel;

namespace AgentOS.Activities.Coding.Tools;

internal sealed class DeleteFileTool(WorkspaceFiles files)
{
    [Description("Deletes one file.")]
    public string DeleteFile([Description("File relative to the root of the repository.")] string path) => Answer.Of(() =>
    {
        var name = WorkspacePath.Normalize(path);
        files.Delete(name);
        return $"Deleted {name}.";
    });
}
