using AgentOS.Kernel.Database;

namespace AgentOS.Kernel.ModelCalls;

/// <summary>What the calls for one purpose in one attempt of a task came to.</summary>
/// <param name="Purpose">Of their session; null: of none.</param>
public sealed record StepCost(string? Purpose, int? Attempt, int Calls, long InputTokens, long CachedInputTokens, long OutputTokens, decimal CostUsd, long DurationMs);

public sealed partial class ModelCallStore
{
    /// <summary>What a task's calls cost, for each purpose and attempt, in the order in which they began.</summary>
    public Task<List<StepCost>> CostOfTaskAsync(Guid taskId, CancellationToken cancellation = default) =>
        database.ListAsync(
            """
            SELECT s.purpose, s.attempt, count(*)::int, sum(c.input_tokens)::bigint, sum(c.cached_input_tokens)::bigint, sum(c.output_tokens)::bigint,
                COALESCE(sum(c.cost_usd), 0), COALESCE(sum(c.duration_ms), 0)::bigint
            FROM model_calls c LEFT JOIN agent_sessions s ON s.id = c.session_id WHERE c.task_id = @task GROUP BY s.purpose, s.attempt ORDER BY min(c.started_at)
            """, reader =>
            {
                var row = new Row(reader);
                return new StepCost(row.OptionalText(), row.OptionalNumber(), row.Number(), row.Long(), row.Long(), row.Long(), row.Money(), row.Long());
            }, cancellation, ("task", taskId));

    /// <summary>A task's newest calls before one of them (null: of all), newest first, without requests and responses.</summary>
    public Task<List<ModelCall>> OfTaskAsync(Guid taskId, ModelCall? before = null, int limit = 50, CancellationToken cancellation = default) =>
        database.ListAsync(
            $"""
            SELECT {ModelCall.Columns(whole: false)} FROM model_calls c
            WHERE task_id = @task AND (started_at, id) < (@at, @id) ORDER BY started_at DESC, id DESC LIMIT @limit
            """, ModelCall.Read, cancellation, ("task", taskId), ("at", before?.StartedAt ?? DateTimeOffset.MaxValue.AddDays(-1)), ("id", before?.Id ?? Guid.AllBitsSet), ("limit", Math.Clamp(limit, 1, 200)));
}
