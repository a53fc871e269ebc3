using System.Globalization;
using System.Text;
using AgentOS.Activities.Coding.Tools;
using AgentOS.Activities.Git;
using AgentOS.Kernel.Lessons;
using AgentOS.Kernel.Repositories;

namespace AgentOS.Activities.Models.Sessions;

/// <summary>What every agent on a repository is told besides its task: the repository's conventions, and what was learnt on it.</summary>
public sealed class SessionBriefing(LessonStore lessons)
{
    private const int MostConventions = 16_000;
    private const int MostLessons = 20;

    /// <summary>The text of <c>AGENTS.md</c> as it is in the workspace, under a heading; empty without one.</summary>
    public static async Task<string> ConventionsAsync(Workspace workspace, CancellationToken cancellation)
    {
        if (new WorkspaceFiles(workspace.Path).TryOpenRead("AGENTS.md") is not { } file) return "";
        using var reader = new StreamReader(file);
        var buffer = new char[MostConventions];
        var read = await reader.ReadBlockAsync(buffer, cancellation);
        return $"\n# AGENTS.md of the repository\n{new string(buffer, 0, read).Trim()}\n";
    }

    /// <summary>What rejections and failures taught on this repository, newest first, under a heading; empty without any.</summary>
    public async Task<string> LessonsAsync(Repository repository, CancellationToken cancellation)
    {
        var known = await lessons.ListAsync(new() { RepositoryId = repository.Id, Limit = MostLessons }, cancellation);
        if (known.Count == 0) return "";
        var text = new StringBuilder("\n# Learnt on this repository before\n");
        foreach (var lesson in known) text.Append(CultureInfo.InvariantCulture, $"- {lesson.Content.ReplaceLineEndings(" ")}\n");
        return text.ToString();
    }
}
