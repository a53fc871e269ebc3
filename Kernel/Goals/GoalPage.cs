using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Tasks;
using Npgsql;

namespace AgentOS.Kernel.Goals;

/// <summary>A goal with all that became of it, at one moment.</summary>
/// <param name="Parent">The goal that made it.</param>
/// <param name="Tasks">What is below it, as far as <see cref="GoalStore.MostTasks"/>: the nearest first.</param>
/// <param name="Depends">What waits for what, among the tasks.</param>
/// <param name="Sessions">Of the goal and of these tasks, as far as <see cref="GoalStore.MostSessions"/>: the latest, in their order.</param>
/// <param name="Merges">What of it landed.</param>
public sealed record GoalPage(
    AgentTask Goal, string? Repository, GoalLink? Parent, IReadOnlyList<GoalPart> Tasks, IReadOnlyList<GoalDependency> Depends,
    IReadOnlyList<GoalSession> Sessions, IReadOnlyList<GoalMerge> Merges, DateTimeOffset At)
{
    /// <summary>The tasks right below a goal of it.</summary>
    public IEnumerable<GoalPart> Below(Guid goal) => Tasks.Where(task => task.ParentId == goal);
}

public sealed record GoalLink(Guid Id, string Title);

/// <summary>A task or goal below a goal.</summary>
/// <param name="AgentName">Who is, or was last, at it.</param>
/// <param name="Error">Why it is where it is, cut.</param>
public sealed record GoalPart(
    Guid Id, Guid ParentId, TaskKind Kind, string Title, TaskState Status, TaskHold? Hold, int Attempt, int MaxAttempts, string? AgentName, decimal SpentUsd, string? Error, bool IsWaiting, bool IsRunning)
{
    internal const string Columns =
        """
        t.id, t.parent_task_id, t.kind, t.title, t.status, t.hold, t.attempt, t.max_attempts, a.name, t.spent_usd, left(t.error, 300), t.waiting_since IS NOT NULL,
        EXISTS (SELECT FROM agent_sessions r WHERE r.task_id = t.id AND r.status = 'running')
        """;

    internal static GoalPart Read(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.Id(), row.Id(), row.Word<TaskKind>(), row.Text(), row.Word<TaskState>(), row.OptionalWord<TaskHold>(), row.Number(), row.Number(), row.OptionalText(), row.Money(), row.OptionalText(), row.Truth(), row.Truth());
    }
}

public sealed record GoalDependency(Guid Task, Guid On);

/// <summary>A run of an agent, as the timeline shows it.</summary>
public sealed record GoalSession(
    Guid Id, Guid TaskId, string TaskTitle, TaskKind TaskKind, string AgentName, AgentRole Role, string Purpose, int Attempt, bool IsRunning, string? Outcome, string? Summary, decimal CostUsd, DateTimeOffset StartedAt, DateTimeOffset? StoppedAt)
{
    internal const string Columns =
        "s.id, t.id, t.title, t.kind, a.name, s.role, s.purpose, s.attempt, s.status = 'running', s.outcome, left(s.summary, 2000), s.cost_usd, s.started_at, s.stopped_at";

    internal static GoalSession Read(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.Id(), row.Id(), row.Text(), row.Word<TaskKind>(), row.Text(), row.Word<AgentRole>(), row.Text(), row.Number(), row.Truth(), row.OptionalText(), row.OptionalText(), row.Money(), row.Time(), row.OptionalTime());
    }
}

public sealed record GoalMerge(Guid TaskId, string TaskTitle, string Sha, DateTimeOffset LandedAt);
