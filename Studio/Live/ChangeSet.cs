using AgentOS.Kernel.Log;

namespace AgentOS.Studio.Live;

/// <summary>What changed in one moment, read from the database once for the whole process.</summary>
/// <param name="Log">New entries of the activity log, in its order.</param>
/// <param name="Tasks">Tasks and goals that changed, or that something happened to.</param>
/// <param name="Sessions">Sessions that began, ended, or whose transcript or cost grew.</param>
/// <param name="Kinds">The nouns that changed: those of the kernel's notifications, and of the log's event types (<c>task</c>, <c>goal</c>, <c>agent</c>, <c>session</c>, <c>merge</c>, <c>lesson</c>, …).</param>
/// <param name="Missed">Changes may have been missed: anything may be different.</param>
public sealed record ChangeSet(
    IReadOnlyList<ActivityEntry> Log, IReadOnlySet<Guid> Tasks, IReadOnlySet<Guid> Sessions, IReadOnlySet<string> Kinds, bool Missed = false)
{
    /// <summary>Whether one of these nouns changed.</summary>
    public bool Has(params ReadOnlySpan<string> nouns)
    {
        if (Missed) return true;
        foreach (var noun in nouns)
            if (Kinds.Contains(noun)) return true;
        return false;
    }

    public bool HasTask(Guid id) => Missed || Tasks.Contains(id);

    public bool HasSession(Guid id) => Missed || Sessions.Contains(id);
}
