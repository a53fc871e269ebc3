using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Evidence;

[JsonConverter(typeof(WordConverter<EvidenceKind>))]
public enum EvidenceKind
{
    Test,
    Analysis,
    Verdict,
    [JsonStringEnumMemberName("merge-test")] MergeTest,
}

/// <summary>What a check really returned for one exact commit. Never changed.</summary>
/// <param name="ExitCode">Null: no command was run (a verdict, or a repository without checks).</param>
/// <param name="Log">Empty in listings: <see cref="EvidenceStore.FindAsync"/> has it.</param>
/// <param name="LogSha256">Lower-case hexadecimal; checked by the database.</param>
public sealed record EvidenceEntry(
    Guid Id, Guid TaskId, Guid? SessionId, EvidenceKind Kind, string CommitSha, string? TreeSha, bool Passed, int? ExitCode, string? Command, string Log, string LogSha256,
    string? Model, string? Feedback, JsonElement Findings, int Attempt, int? DurationMs, DateTimeOffset CreatedAt, bool ByPerson = false)
{
    internal static string Columns(bool withLog) =>
        $"e.id, e.task_id, e.session_id, e.kind, e.commit_sha::text, e.tree_sha::text, e.passed, e.exit_code, e.command, {(withLog ? "e.log" : "''")}, e.log_sha256, e.model, e.feedback, e.findings, e.attempt, e.duration_ms, e.created_at, e.by_person";

    internal static EvidenceEntry Read(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.Id(), row.Id(), row.OptionalId(), row.Word<EvidenceKind>(), row.Text(), row.OptionalText(), row.Truth(), row.OptionalNumber(), row.OptionalText(), row.Text(), row.Text(),
            row.OptionalText(), row.OptionalText(), row.Json(), row.Number(), row.OptionalNumber(), row.Time(), row.Truth());
    }
}

/// <summary>What to record. Only the code that ran the check makes one; no tool of an agent does.</summary>
public sealed record NewEvidence(Guid TaskId, EvidenceKind Kind, string CommitSha, bool Passed)
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid? SessionId { get; init; }
    public string? TreeSha { get; init; }
    public int? ExitCode { get; init; }
    public string? Command { get; init; }
    public string Log { get; init; } = "";
    public string? Model { get; init; }
    public string? Feedback { get; init; }

    /// <summary>A JSON array of <c>{file, line?, message, severity}</c>.</summary>
    public string Findings { get; init; } = "[]";

    public int Attempt { get; init; } = 1;
    public TimeSpan? Duration { get; init; }

    /// <summary>The step that ran the check: run again, its first result stands.</summary>
    public string? StepKey { get; init; }

    internal static string Hash(string log) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(log)));
}
