using AgentOS.Activities.Git;
using LibGit2Sharp;

namespace AgentOS.Activities.Coding.Tools;

/// <summary>What git ignores in a workspace.</summary>
internal sealed class IgnoredFiles(Workspace workspace) : IDisposable
{
    private readonly Repository repository = LibGit.Open(workspace.GitDirectory, workspace.Path);

    public bool Contains(string path, bool isFolder) =>
        repository.Ignore.IsPathIgnored(isFolder ? $"{path}/" : path) && repository.Index[path] is null;

    public void Dispose() => repository.Dispose();
}
