using AgentOS.Activities.Git;
using AgentOS.Activities.Shell;
using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Coding.Tools;

/// <summary>The tools that work in one workspace, bound to it. Every answer is text; failures start with <c>Error:</c>.</summary>
public static class WorkspaceTools
{
    /// <summary><c>list_files</c>, <c>read_file</c>, <c>search</c>.</summary>
    public static IReadOnlyList<AIFunction> Reading(Workspace workspace)
    {
        var files = new WorkspaceFiles(workspace.Path);
        IgnoredFiles Ignored() => new(workspace);
        return
        [
            Tool("list_files", new ListFilesTool(files, Ignored).ListFiles),
            Tool("read_file", new ReadFileTool(files).ReadFile),
            Tool("search", new SearchTool(files, Ignored).Search),
        ];
    }

    /// <summary><c>write_file</c>, <c>edit_file</c>, <c>delete_file</c>.</summary>
    public static IReadOnlyList<AIFunction> Writing(Workspace workspace)
    {
        var files = new WorkspaceFiles(workspace.Path);
        return
        [
            Tool("write_file", new WriteFileTool(files).WriteFile),
            Tool("edit_file", new EditFileTool(files).EditFile),
            Tool("delete_file", new DeleteFileTool(files).DeleteFile),
        ];
    }

    /// <summary><c>git_status</c>, <c>git_diff</c> of the workspace since its base.</summary>
    public static IReadOnlyList<AIFunction> Changes(Workspace workspace)
    {
        var git = new GitTools(cancel => workspace.DiffAsync(cancel));
        return [Tool("git_status", git.GitStatus), Tool("git_diff", git.GitDiff)];
    }

    /// <summary><c>git_diff</c> between two commits of the managed repository, for a judge.</summary>
    public static AIFunction Diff(string repositoryPath, string baseSha, string headSha) =>
        Tool("git_diff", new GitTools(cancel => WorkspaceWork.DiffAsync(repositoryPath, baseSha, headSha, cancel)).GitDiff);

    /// <summary><c>run_shell</c> in the workspace, under the owner's policy.</summary>
    public static AIFunction Shell(
        Sandbox sandbox, Workspace workspace, SandboxPolicy policy,
        IReadOnlyList<SandboxMount>? mounts = null, IReadOnlyDictionary<string, string>? environment = null, Action<string>? onOutput = null) =>
        Tool("run_shell", new RunShellTool(sandbox, command => new(command, workspace.Path)
        {
            Policy = policy,
            Mounts = [.. workspace.GitMounts, .. mounts ?? []],
            Environment = environment ?? new Dictionary<string, string>(),
        }, onOutput).RunShell);

    private static AIFunction Tool(string name, Delegate method) => AIFunctionFactory.Create(method, name);
}
