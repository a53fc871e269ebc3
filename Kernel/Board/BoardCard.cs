using AgentOS.Kernel.Database;
using AgentOS.Kernel.Tasks;
using Npgsql;

namespace AgentOS.Kernel.Board;

/// <summary>A task as the board shows it. Two cards that are equal look the same.</summary>
/// <param name="AgentName">Who is at it: the agent of the running session, else the assignee.</param>
/// <param name="WaitsFor">The title of one of the tasks that must be done before; how many there are says <paramref name="Waits"/>.</param>
/// <param name="Session">The running session, where there is one.</param>
public sealed record BoardCard(
    Guid Id, string Title, TaskState Status, int Priority, int Attempt, int MaxAttempts, Guid? GoalId, string? GoalTitle, string? AgentName, string? RepositoryName,
    string? BranchName, string? WorkflowInstanceId, decimal SpentUsd, string? Error, DateTimeOffset? WaitingSince, DateTimeOffset CreatedAt, DateTimeOffset? CompletedAt,
    int Waits, string? WaitsFor, BoardSession? Session)
{
    internal const string Columns =
        """
        t.id, t.title, t.status, t.priority, t.attempt, t.max_attempts, t.parent_task_id, g.title, COALESCE(s.agent, a.name), r.name,
        t.branch_name, t.workflow_instance_id, t.spent_usd, left(t.error, 300), t.waiting_since, t.created_at, t.completed_at,
        w.count, w.title, s.purpose, s.kind, s.tool, s.argument
        """;

    internal static BoardCard Read(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.Id(), row.Text(), row.Word<TaskState>(), row.Number(), row.Number(), row.Number(), row.OptionalId(), row.OptionalText(), row.OptionalText(), row.OptionalText(),
            row.OptionalText(), row.OptionalText(), row.Money(), row.OptionalText(), row.OptionalTime(), row.Time(), row.OptionalTime(),
            row.OptionalNumber() ?? 0, row.OptionalText(), BoardSession.Read(ref row));
    }
}

/// <summary>What an agent does right now, by the last entry of its transcript.</summary>
/// <param name="Purpose">Of the session: code, review, …</param>
/// <param name="LastEntry">Its kind: <c>assistant</c> (its tools run), <c>tool</c> or <c>user</c> (the model thinks); null: it only began.</param>
/// <param name="Tool">The tool of the last entry, where it has one.</param>
/// <param name="Argument">The first words of the tool's arguments: JSON, cut.</param>
public sealed record BoardSession(string Purpose, string? LastEntry, string? Tool, string? Argument)
{
    /// <summary>The running session of a task, with its agent's name.</summary>
    /// <param name="task">SQL for the id of the task.</param>
    internal static string Running(string task) =>
        $$"""
        SELECT n.purpose, m.name AS agent, e.kind,
            CASE e.kind WHEN 'tool' THEN e.content ->> 'tool' WHEN 'assistant' THEN e.content #>> '{toolCalls,0,name}' END AS tool,
            CASE e.kind WHEN 'assistant' THEN left(e.content #>> '{toolCalls,0,arguments}', 200) END AS argument
        FROM agent_sessions n JOIN agents m ON m.id = n.agent_id LEFT JOIN session_entries e ON e.session_id = n.id AND e.seq = n.entry_count - 1
        WHERE n.task_id = {{task}} AND n.status = 'running' ORDER BY n.started_at DESC LIMIT 1
        """;

    internal static BoardSession? Read(ref Row row)
    {
        var (purpose, kind, tool, argument) = (row.OptionalText(), row.OptionalText(), row.OptionalText(), row.OptionalText());
        return purpose is null ? null : new(purpose, kind, tool, argument);
    }
}
