using AgentOS.Kernel.Tasks;

namespace AgentOS.Kernel.Changes;

public enum FileFate { Added, Modified, Deleted, Renamed }

/// <summary>A file that a task changed.</summary>
/// <param name="OldPath">Where it was before it was renamed.</param>
/// <param name="LinesAdded">Null, with <paramref name="LinesDeleted"/>, where they are not counted: the change is very large.</param>
public sealed record ChangedFile(string Path, FileFate Fate, string? OldPath = null, int? LinesAdded = null, int? LinesDeleted = null, bool IsBinary = false);

/// <summary>What a task changed between two commits.</summary>
/// <param name="IsUnderWay">The head is the last snapshot of the workspace, not yet what is judged.</param>
/// <param name="LeftOut">Files that are not listed, as there are too many.</param>
/// <param name="Problem">Why nothing is listed, where that has a reason.</param>
public sealed record TaskChanges(string? BaseSha, string? HeadSha, bool IsUnderWay, IReadOnlyList<ChangedFile> Files, int LeftOut = 0, string? Problem = null);

/// <summary>A changed file before and after; null where it was not there.</summary>
/// <param name="Problem">Why there is no text to show: it is binary, too large, or gone.</param>
public sealed record FileTexts(string? Before, string? After, string? Problem = null);

/// <summary>How the changes of a task are read. Repositories are nothing that the kernel opens: whoever does provides it.</summary>
/// <param name="ListAsync">Never throws for what is wrong with the repository: see <see cref="TaskChanges.Problem"/>.</param>
/// <param name="ReadAsync">One file of what was listed.</param>
public sealed record ChangeReader(Func<AgentTask, CancellationToken, Task<TaskChanges>> ListAsync, Func<AgentTask, TaskChanges, ChangedFile, CancellationToken, Task<FileTexts>> ReadAsync);
