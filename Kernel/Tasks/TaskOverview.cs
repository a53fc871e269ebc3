using AgentOS.Kernel.Board;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Evidence;
using AgentOS.Kernel.Merging;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Sessions;
using Npgsql;

namespace AgentOS.Kernel.Tasks;

/// <summary>A task and what is around it, at one moment; of each list the newest.</summary>
/// <param name="DependsOn">What must be done before it.</param>
/// <param name="NeededBy">What comes after it.</param>
/// <param name="Sessions">Oldest first.</param>
/// <param name="Evidence">Oldest first, without logs.</param>
/// <param name="SentBack">Oldest first.</param>
/// <param name="Questions">Those that no one has answered.</param>
/// <param name="Merge">The last one.</param>
/// <param name="Now">What its agent does right now.</param>
public sealed record TaskOverview(
    AgentTask Task, TaskLink? Goal, string? AgentName, string? RepositoryName, ValueList<TaskLink> DependsOn, ValueList<TaskLink> NeededBy,
    ValueList<TaskSession> Sessions, IReadOnlyList<EvidenceEntry> Evidence, ValueList<SentBack> SentBack, ValueList<Message> Questions, Merge? Merge, BoardSession? Now)
{
    /// <summary>With those parts as the same objects that are as they were and do not compare by value: two equal readings are then equal.</summary>
    /// <returns>The earlier one, where nothing changed.</returns>
    public TaskOverview KeepFrom(TaskOverview before)
    {
        var kept = this with
        {
            Task = Task with
            {
                Files = Task.Files.SequenceEqual(before.Task.Files) ? before.Task.Files : Task.Files,
                Models = before.Task.Models is { } chosen && Task.Models?.SequenceEqual(chosen) == true ? chosen : Task.Models,
            },
            // Evidence never changes: its id says it all.
            Evidence = Evidence.Select(one => one.Id).SequenceEqual(before.Evidence.Select(one => one.Id)) ? before.Evidence : Evidence,
        };
        return kept == before ? before : kept;
    }
}

/// <summary>A task as another names it.</summary>
public sealed record TaskLink(Guid Id, TaskKind Kind, string Title, TaskState Status)
{
    internal static TaskLink Read(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.Id(), row.Word<TaskKind>(), row.Text(), row.Word<TaskState>());
    }
}

/// <summary>A session with the name of its agent.</summary>
public sealed record TaskSession(Session Session, string AgentName);

/// <summary>That an attempt did not do.</summary>
/// <param name="Attempt">The one that was sent back.</param>
/// <param name="Why">What whoever goes on with it is told.</param>
public sealed record SentBack(int Attempt, string? Message, string? Why, DateTimeOffset At);
