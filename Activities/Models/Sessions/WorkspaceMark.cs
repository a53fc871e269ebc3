using AgentOS.Activities.Git;

namespace AgentOS.Activities.Models.Sessions;

/// <summary>
/// A file beside the workspace that stands there while a tool may be changing files. Found at the start of a step, it tells of a tool that a crash
/// cut off: the workspace goes back to the snapshot before it.
/// </summary>
internal static class WorkspaceMark
{
    public static async Task EnterAsync(Workspace workspace, string lastSnapshot, CancellationToken cancellation)
    {
        if (File.Exists(Of(workspace))) await workspace.RestoreAsync(lastSnapshot, cancellation);
        else await File.Create(Of(workspace)).DisposeAsync();
    }

    public static void Leave(Workspace workspace) => File.Delete(Of(workspace));

    private static string Of(Workspace workspace) => Path.Combine(Path.GetDirectoryName(workspace.Path)!, "running");
}
