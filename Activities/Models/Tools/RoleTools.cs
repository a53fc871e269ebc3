namespace AgentOS.Activities.Models;

/// <summary>Which tools a role is offered, by name.</summary>
public static class RoleTools
{
    private static readonly string[] All = ["list_files", "read_file", "search", "fetch_url", "ask_human"];

    private static readonly Dictionary<string, string[]> Own = new(StringComparer.Ordinal)
    {
        ["orchestrator"] = ["create_tasks", "spawn_worker", "finish"],
        ["worker"] = ["write_file", "edit_file", "delete_file", "run_shell", "git_status", "git_diff", "report_blocked", "finish"],
        ["reviewer"] = ["git_diff", "run_shell", "submit_verdict"],
        ["heartbeat"] = [],
    };

    /// <exception cref="ArgumentException">There is no such role.</exception>
    public static IReadOnlyList<string> For(string role) => Own.TryGetValue(role, out var own)
        ? [.. All, .. own]
        : throw new ArgumentException($"There is no role '{role}'. The roles are {string.Join(", ", Own.Keys)}.", nameof(role));
}
