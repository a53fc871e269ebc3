using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Tasks;
using Npgsql;

namespace AgentOS.Kernel.Sessions;

[JsonConverter(typeof(WordConverter<SessionStatus>))]
public enum SessionStatus { Running, Stopped, Crashed }

/// <summary>A row of <c>agent_sessions</c>: one run of one agent on one task.</summary>
/// <param name="Purpose">code, review, plan, goal-review, duty, …</param>
/// <param name="EntryCount">How long the transcript is: the next entry's <c>seq</c>.</param>
public sealed record Session(
    Guid Id, Guid AgentId, int? Pid, SessionStatus Status, Guid? TaskId, AgentRole Role, string Purpose, int Attempt, string? Model, string? WorkflowInstanceId,
    string? Outcome, string? Summary, decimal CostUsd, int EntryCount, DateTimeOffset StartedAt, DateTimeOffset? StoppedAt)
{
    internal const string Columns =
        "s.id, s.agent_id, s.pid, s.status, s.task_id, s.role, s.purpose, s.attempt, s.model, s.workflow_instance_id, s.outcome, s.summary, s.cost_usd, s.entry_count, s.started_at, s.stopped_at";

    internal static Session Read(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.Id(), row.Id(), row.OptionalNumber(), row.Word<SessionStatus>(), row.OptionalId(), row.Word<AgentRole>(), row.Text(), row.Number(), row.OptionalText(), row.OptionalText(),
            row.OptionalText(), row.OptionalText(), row.Money(), row.Number(), row.Time(), row.OptionalTime());
    }
}

/// <summary>How far a running session is; or a task's checks, by the id of the task.</summary>
/// <param name="Live">Of its <see cref="LiveOutput"/>.</param>
public sealed record SessionPulse(Guid Id, Guid? TaskId, int EntryCount, decimal CostUsd, long Live = 0);

/// <summary>What opens a session. Task, purpose and attempt name it: opened again, it is the same.</summary>
public sealed record OpenSession(AgentRole Role, string Purpose, Guid? TaskId, int Attempt = 1)
{
    public Guid Id { get; init; } = TaskId is { } task ? IdOf(task, Purpose, Attempt) : Guid.CreateVersion7();
    /// <summary>The beginning of the transcript, written with the session.</summary>
    public IReadOnlyList<NewEntry> Opening { get; init; } = [];
    /// <summary>Null: an agent of the role is chosen, the one with the least to do.</summary>
    public Guid? AgentId { get; init; }
    public string? Model { get; init; }
    public string? WorkflowInstanceId { get; init; }

    /// <summary>The session as it will be, for what is prepared before it is there; who runs it may not be known yet.</summary>
    public Session Expected(DateTimeOffset now) =>
        new(Id, AgentId ?? Guid.Empty, null, SessionStatus.Running, TaskId, Role, Purpose, Attempt, Model, WorkflowInstanceId, null, null, 0, 0, now, null);

    /// <summary>The id follows from what the session is for, so that what is prepared under it before it is opened is found again after a crash. The time in it is the task's.</summary>
    public static Guid IdOf(Guid task, string purpose, int attempt)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"{task:N} {purpose} {attempt}")).AsSpan(0, 16);
        task.ToByteArray(bigEndian: true).AsSpan(0, 6).CopyTo(bytes);
        bytes[6] = (byte)(bytes[6] & 0x0f | 0x70);
        bytes[8] = (byte)(bytes[8] & 0x3f | 0x80);
        return new(bytes, bigEndian: true);
    }
}

/// <summary>Where a session is: all that a step of it looks at.</summary>
/// <param name="Words">What people said about the task that this session was not told yet, oldest first.</param>
public sealed record SessionPlace(Session Session, AgentTask? Task, Repository? Repository, IReadOnlyList<SessionEntry> Entries, IReadOnlyList<Message> Words);

/// <summary>What a person said has reached an agent.</summary>
public sealed record ToldWord(Guid MessageId, Guid SessionId, int Seq);

/// <summary>One line of a transcript.</summary>
/// <param name="SnapshotSha">The workspace after it, where it changed files.</param>
public sealed record SessionEntry(Guid SessionId, int Seq, string Kind, JsonElement Content, Guid? ModelCallId, string? SnapshotSha, DateTimeOffset CreatedAt)
{
    internal const string Columns = "e.session_id, e.seq, e.kind, e.content, e.model_call_id, e.snapshot_sha::text, e.created_at";

    internal static SessionEntry Read(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.Id(), row.Number(), row.Text(), row.Json(), row.OptionalId(), row.OptionalText(), row.Time());
    }
}

/// <param name="Content">JSON text.</param>
public sealed record NewEntry(string Kind, string Content, string? SnapshotSha = null, Guid? ModelCallId = null)
{
    public static NewEntry Of<T>(string kind, T content, string? snapshotSha = null) => new(kind, JsonText.Of(content), snapshotSha);
}
