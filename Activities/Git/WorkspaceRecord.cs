using System.Text.Json;

namespace AgentOS.Activities.Git;

/// <summary>What <c>workspace.json</c> keeps.</summary>
/// <param name="AskedBase">The base that the task was prepared with: its key, also after the workspace moved onto a newer tip.</param>
internal sealed record WorkspaceRecord(string RepositoryPath, string Branch, string AskedBase, string BaseSha, int? Process = null)
{
    private const string FileName = "workspace.json";

    public static WorkspaceRecord Load(string folder) =>
        JsonSerializer.Deserialize<WorkspaceRecord>(File.ReadAllBytes(Path.Combine(folder, FileName)))
        ?? throw new JsonException($"{FileName} is empty.");

    public static WorkspaceRecord Load(Workspace workspace) => Load(Path.GetDirectoryName(workspace.Path)!);

    public static void Save(Workspace workspace, string askedBase, int? process = null)
    {
        var file = Path.Combine(Path.GetDirectoryName(workspace.Path)!, FileName);
        File.WriteAllBytes($"{file}.new", JsonSerializer.SerializeToUtf8Bytes(
            new WorkspaceRecord(workspace.RepositoryPath, workspace.Branch, askedBase, workspace.BaseSha, process)));
        File.Move($"{file}.new", file, overwrite: true);
    }
}
