using System.Text.Json;
using System.Text.Json.Serialization;
using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Tasks;

[JsonConverter(typeof(WordConverter<TaskKind>))]
public enum TaskKind { Goal, Code }

[JsonConverter(typeof(WordConverter<TaskState>))]
public enum TaskState { Inbox, Assigned, InProgress, Review, Done, Blocked, Cancelled }

/// <summary>Why a person blocked it: nothing but a person sets it going again.</summary>
[JsonConverter(typeof(WordConverter<TaskHold>))]
public enum TaskHold { Stopped, TakenOver }

/// <summary>A row of <c>tasks</c>: a goal, which is planned, or a task, which is coded.</summary>
/// <param name="Attempt">Counts from 1; rejected work goes into the next.</param>
/// <param name="SpentUsd">With everything below it.</param>
/// <param name="ReservedUsd">The worst price of the model calls under way.</param>
/// <param name="WaitingSince">Since when it waits for a free worker.</param>
/// <param name="PlanKey">The planner's name for it, unique within its goal.</param>
/// <param name="Workspace">The folder in which it is coded, on the machine whose agents code it; null before its work begins.</param>
/// <param name="PersonAttempt">The attempt that a person did, who had taken it over.</param>
/// <param name="Workers">Of a goal: how many workers may be at it, and at all below it, at once; null: as many as there are.</param>
/// <param name="Models">Role → model, where a person chose another than the role's.</param>
/// <param name="FormerInstanceId">The workflow that it was taken from in the middle of its work, until that has ended: no other begins before.</param>
public sealed record AgentTask(
    Guid Id,
    TaskKind Kind,
    string Title,
    string? Description,
    TaskState Status,
    int Priority,
    Guid? AssigneeId,
    Guid? CreatedBy,
    Guid? ParentTaskId,
    Guid? RepositoryId,
    string? BranchName,
    string? Result,
    string? Error,
    int Attempt,
    int MaxAttempts,
    string? BaseSha,
    string? HeadSha,
    string? MergedSha,
    string? WorkflowInstanceId,
    decimal? BudgetUsd,
    decimal SpentUsd,
    decimal ReservedUsd,
    DateTimeOffset? WaitingSince,
    int Depth,
    string[] Files,
    string? PlanKey,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? CompletedAt,
    TaskHold? Hold = null,
    string? Workspace = null,
    int? PersonAttempt = null,
    int? Workers = null,
    IReadOnlyDictionary<string, string>? Models = null,
    string? FormerInstanceId = null)
{
    /// <summary>Done or cancelled: nothing happens to it any more.</summary>
    [JsonIgnore]
    public bool HasEnded => Status is TaskState.Done or TaskState.Cancelled;

    /// <summary>No workflow has it, and none may be about to leave it.</summary>
    [JsonIgnore]
    public bool IsToBeStarted =>
        Status is TaskState.Inbox or TaskState.Assigned && WorkflowInstanceId is null && FormerInstanceId is null && (Kind == TaskKind.Goal || RepositoryId is not null);

    internal const string Columns =
        """
        t.id, t.kind, t.title, t.description, t.status, t.priority, t.assignee_id, t.created_by, t.parent_task_id, t.repository_id,
        t.branch_name, t.result, t.error, t.attempt, t.max_attempts, t.base_sha::text, t.head_sha::text, t.merged_sha::text, t.workflow_instance_id,
        t.budget_usd, t.spent_usd, t.reserved_usd, t.waiting_since, t.depth, t.files, t.plan_key, t.created_at, t.updated_at, t.started_at, t.completed_at,
        t.hold, t.workspace, t.person_attempt, t.workers, t.models, t.former_instance_id
        """;

    internal static AgentTask Read(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return Read(ref row);
    }

    internal static AgentTask Read(ref Row row) => new(
        row.Id(), row.Word<TaskKind>(), row.Text(), row.OptionalText(), row.Word<TaskState>(), row.Number(), row.OptionalId(), row.OptionalId(), row.OptionalId(), row.OptionalId(),
        row.OptionalText(), row.OptionalText(), row.OptionalText(), row.Number(), row.Number(), row.OptionalText(), row.OptionalText(), row.OptionalText(), row.OptionalText(),
        row.OptionalMoney(), row.Money(), row.Money(), row.OptionalTime(), row.Number(), row.Texts(), row.OptionalText(), row.Time(), row.Time(), row.OptionalTime(), row.OptionalTime(),
        row.OptionalWord<TaskHold>(), row.OptionalText(), row.OptionalNumber(),
        row.OptionalNumber(), row.Json().Deserialize<Dictionary<string, string>>(), row.OptionalText());
}
