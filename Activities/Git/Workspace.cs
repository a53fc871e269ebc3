using AgentOS.Activities.Shell;

namespace AgentOS.Activities.Git;

/// <summary>The private clone in which one task is coded, or one commit is checked.</summary>
/// <param name="Path">The working tree; all that commands can write.</param>
/// <param name="RepositoryPath">The managed repository: origin of the clone, whose objects it shares read-only.</param>
/// <param name="Branch">Short name of the task's branch; empty for the checkout of a commit.</param>
/// <param name="BaseSha">The commit that the task's one commit will have as parent.</param>
public sealed record Workspace(Guid TaskId, string Path, string RepositoryPath, string Branch, string BaseSha)
{
    /// <summary>Git's data. Beside the working tree, so that no command can change what git does on the host.</summary>
    public string GitDirectory => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, "git");

    /// <summary>What commands see of git, all read-only: history, status and diffs work, commits are made by the host.</summary>
    public IReadOnlyList<SandboxMount> GitMounts =>
    [
        new(GitDirectory, "/git"),
        new(System.IO.Path.Combine(Path, ".git"), $"{Sandbox.WorkspacePath}/.git"),
        .. Alternates.Of(System.IO.Path.Combine(GitDirectory, "objects")).Select(objects => new SandboxMount(objects, objects)),
    ];
}

/// <summary>Who a commit says made it.</summary>
public sealed record GitAuthor(string Name, string Email, DateTimeOffset When);

public enum ChangeKind { Added, Modified, Deleted, Renamed, TypeChanged }

/// <summary>One file that differs from the base of the task.</summary>
public sealed record FileChange(string Path, ChangeKind Kind, int LinesAdded, int LinesDeleted, string? OldPath = null);

/// <summary>What a task has changed so far.</summary>
/// <param name="LeftOut">New files too large to be taken into a commit.</param>
public sealed record WorkspaceDiff(IReadOnlyList<FileChange> Files, string Patch, IReadOnlyList<string> LeftOut);

/// <summary>A workspace moved onto a newer tip.</summary>
/// <param name="Conflicts">Files that now hold conflict markers, or that one side deleted, to be solved by the worker.</param>
public sealed record MovedWorkspace(Workspace Workspace, IReadOnlyList<string> Conflicts);
