using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Evidence;

public sealed class EvidenceStore(NpgsqlDataSource database)
{
    /// <returns>What stands: the first result, when the same step records again.</returns>
    /// <exception cref="RefusedException">The session is not one that can give such evidence of the task.</exception>
    public async Task<EvidenceEntry> RecordAsync(NewEvidence evidence, CancellationToken cancellation = default)
    {
        try
        {
            return await InsertAsync(evidence, cancellation);
        }
        catch (PostgresException error) when (error.Is(DatabaseErrors.NoEvidence))
        {
            throw Refused(error);
        }
    }

    internal static RefusedException Refused(PostgresException error) => new($"The evidence is not recorded: {error.MessageText}.", error);

    internal static readonly string Insert =
        $"""
        WITH made AS (
            INSERT INTO evidence (id, task_id, session_id, kind, commit_sha, tree_sha, passed, exit_code, command, log, log_sha256, model, feedback, findings, attempt, duration_ms, step_key)
            VALUES (@id, @task, @session, @kind, @commit, @tree, @passed, @exit, @command, @text, @hash, @model, @feedback, @findings::jsonb, @attempt, @duration, @step)
            ON CONFLICT DO NOTHING RETURNING *
        ), logged AS (
            INSERT INTO activities (event_type, task_id, agent_id, message, metadata)
            SELECT 'evidence.' || kind, task_id, (SELECT agent_id FROM agent_sessions s WHERE s.id = session_id),
                CASE kind WHEN 'verdict' THEN 'Judge' WHEN 'test' THEN 'Tests' WHEN 'analysis' THEN 'Analysis' ELSE 'Merged tests' END
                    || CASE WHEN passed THEN ': passed' ELSE ': failed' END || COALESCE(' — ' || left(feedback, 500), ''),
                jsonb_build_object('evidence', id, 'commit', commit_sha, 'passed', passed, 'exit_code', exit_code, 'attempt', attempt)
            FROM made
        )
        SELECT {EvidenceEntry.Columns(true)}, pg_notify('agentos', json_build_object('kind', 'evidence', 'id', id, 'state', kind, 'parent', task_id)::text) FROM made e
        """;

    internal static (string, object?)[] Parameters(NewEvidence evidence)
    {
        var log = PlainText.Clean(evidence.Log);
        return
        [
            ("id", evidence.Id), ("task", evidence.TaskId), ("session", evidence.SessionId), ("kind", evidence.Kind), ("commit", evidence.CommitSha), ("tree", evidence.TreeSha),
            ("passed", evidence.Passed), ("exit", evidence.ExitCode), ("command", evidence.Command), ("text", log), ("hash", NewEvidence.Hash(log)), ("model", evidence.Model),
            ("feedback", evidence.Feedback), ("findings", JsonText.Clean(evidence.Findings)), ("attempt", evidence.Attempt),
            ("duration", evidence.Duration is { } duration ? (int)Math.Min(duration.TotalMilliseconds, int.MaxValue) : null), ("step", evidence.StepKey),
        ];
    }

    private async Task<EvidenceEntry> InsertAsync(NewEvidence evidence, CancellationToken cancellation) =>
        await database.FirstAsync(Insert, EvidenceEntry.Read, cancellation, Parameters(evidence))
            ?? await database.FirstAsync($"SELECT {EvidenceEntry.Columns(true)} FROM evidence e WHERE step_key = @step OR id = @id", EvidenceEntry.Read, cancellation,
                ("step", evidence.StepKey), ("id", evidence.Id)) ?? throw new NotFoundException("evidence", evidence.Id);

    /// <summary>With its log.</summary>
    public Task<EvidenceEntry?> FindAsync(Guid id, CancellationToken cancellation = default) =>
        database.FirstAsync($"SELECT {EvidenceEntry.Columns(true)} FROM evidence e WHERE id = @id", EvidenceEntry.Read, cancellation, ("id", id));

    /// <summary>By the step that recorded it, with its log: whether the step was done before.</summary>
    public Task<EvidenceEntry?> FindByStepAsync(string stepKey, CancellationToken cancellation = default) =>
        database.FirstAsync($"SELECT {EvidenceEntry.Columns(true)} FROM evidence e WHERE step_key = @step", EvidenceEntry.Read, cancellation, ("step", stepKey));

    /// <summary>The last that a person said to a commit of the task; null when none said anything.</summary>
    public Task<EvidenceEntry?> PersonVerdictAsync(Guid taskId, string commitSha, CancellationToken cancellation = default) =>
        database.FirstAsync($"SELECT {EvidenceEntry.Columns(true)} FROM evidence e WHERE task_id = @task AND by_person AND commit_sha = @commit ORDER BY created_at DESC, id DESC LIMIT 1",
            EvidenceEntry.Read, cancellation, ("task", taskId), ("commit", commitSha));

    /// <summary>The oldest first, without logs.</summary>
    public Task<List<EvidenceEntry>> ListAsync(Guid taskId, EvidenceKind? kind = null, string? commitSha = null, CancellationToken cancellation = default) =>
        database.ListAsync(
            $"""
            SELECT {EvidenceEntry.Columns(false)} FROM evidence e
            WHERE task_id = @task AND (@kind::text IS NULL OR kind = @kind) AND (@commit::text IS NULL OR commit_sha = @commit) ORDER BY created_at, id
            """, EvidenceEntry.Read, cancellation, ("task", taskId), ("kind", kind), ("commit", commitSha));
}
