using Elsa.Workflows;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Execution;

/// <summary>What a run has changed since its last commit, apart from its state.</summary>
/// <param name="Log">New journal entries, in order.</param>
/// <param name="Activities">Executions that are new or have changed; each once.</param>
/// <param name="AddedBookmarks">Bookmarks that are not stored yet.</param>
/// <param name="RemovedBookmarks">Stored bookmarks that are gone.</param>
public sealed record CommitDelta(
    IReadOnlyList<WorkflowExecutionLogEntry> Log,
    IReadOnlyList<ActivityExecutionContext> Activities,
    IReadOnlyList<Bookmark> AddedBookmarks,
    IReadOnlyList<Bookmark> RemovedBookmarks);
