using System.Text.Json.Serialization;
using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Messages;

[JsonConverter(typeof(WordConverter<MessageType>))]
public enum MessageType { Comment, Status, Review, Question, Answer }

/// <summary>A row of <c>messages</c>: what agents and people say to each other.</summary>
/// <param name="FromAgentId">Null: a person, or AgentOS itself.</param>
/// <param name="ToAgentId">Null: everyone.</param>
/// <param name="File">With <paramref name="Line"/> (from 1) and <paramref name="CommitSha"/>: the place in a diff that a comment is about.</param>
public sealed record Message(
    Guid Id, Guid? TaskId, Guid? FromAgentId, Guid? ToAgentId, string Content, MessageType MessageType, bool Read, Guid? InReplyTo, Guid? SessionId, DateTimeOffset CreatedAt,
    string? File = null, int? Line = null, string? CommitSha = null)
{
    internal const string Columns = "m.id, m.task_id, m.from_agent_id, m.to_agent_id, m.content, m.message_type, m.read, m.in_reply_to, m.session_id, m.created_at, m.file, m.line, m.commit_sha::text";

    internal static Message ReadRow(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.Id(), row.OptionalId(), row.OptionalId(), row.OptionalId(), row.Text(), row.Word<MessageType>(), row.Truth(), row.OptionalId(), row.OptionalId(), row.Time(),
            row.OptionalText(), row.OptionalNumber(), row.OptionalText());
    }
}

/// <summary>What to send.</summary>
public sealed record NewMessage(MessageType MessageType, string Content)
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid? TaskId { get; init; }
    public Guid? FromAgentId { get; init; }
    public Guid? ToAgentId { get; init; }
    public Guid? SessionId { get; init; }

    /// <summary>The step that sends it: run again, it sends nothing new.</summary>
    public string? StepKey { get; init; }

    /// <summary>The place in a diff that it is about.</summary>
    public string? File { get; init; }
    public int? Line { get; init; }
    public string? CommitSha { get; init; }
}
