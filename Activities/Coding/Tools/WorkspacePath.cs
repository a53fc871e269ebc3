using AgentOS.Activities.Shell;

namespace AgentOS.Activities.Coding.Tools;

/// <summary>Reads the paths that models write.</summary>
internal static class WorkspacePath
{
    /// <summary>A path relative to the workspace without <c>.</c> and <c>..</c>; empty for the workspace itself.</summary>
    /// <exception cref="ToolException">It leads out of the workspace, or to git's data.</exception>
    public static string Normalize(string? path)
    {
        var asked = (path ?? "").Trim();
        if (asked == Sandbox.WorkspacePath || asked.StartsWith($"{Sandbox.WorkspacePath}/", StringComparison.Ordinal))
            asked = asked[Sandbox.WorkspacePath.Length..].TrimStart('/');
        if (asked.StartsWith('/') || asked.StartsWith('~'))
            throw new ToolException($"'{path}' is outside of the workspace. Give a path relative to the root of the repository.");
        if (asked.Contains('\0'))
            throw new ToolException("A path cannot contain NUL.");
        var parts = new List<string>();
        foreach (var part in asked.Split('/'))
        {
            if (part is "" or ".")
                continue;
            if (part is not "..")
                parts.Add(part);
            else if (parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else
                throw new ToolException($"'{path}' leads out of the workspace. Give a path relative to the root of the repository.");
        }
        if (parts.Any(IsGit))
            throw new ToolException("Git's own data cannot be read or written. Use git_status and git_diff.");
        return string.Join('/', parts);
    }

    public static bool IsGit(string name) => name.Equals(".git", StringComparison.OrdinalIgnoreCase);
}
