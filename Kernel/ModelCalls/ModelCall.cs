using System.Text.Json;
using System.Text.Json.Serialization;
using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.ModelCalls;

[JsonConverter(typeof(WordConverter<ModelCallOutcome>))]
public enum ModelCallOutcome
{
    Started,
    Succeeded,
    Failed,

    /// <summary>The process that made it is gone; whether the provider answered is not known. It counts at its worst price, and the step asks again.</summary>
    Lost,
}

/// <summary>A row of <c>model_calls</c>.</summary>
/// <param name="StepKey">Which step asked: <c>{session}:{seq}</c>. A step has one answer.</param>
/// <param name="Attempt">Counts the calls of one step: fallbacks, and calls after a lost one.</param>
/// <param name="CostUsd">Null while it is under way.</param>
public sealed record ModelCall(
    Guid Id, Guid? SessionId, Guid? TaskId, string StepKey, int Attempt, string Provider, string Model, JsonElement Request, JsonElement? Response, ModelCallOutcome Outcome, string? Error,
    int InputTokens, int CachedInputTokens, int OutputTokens, decimal ReservedUsd, decimal? CostUsd, int Retries, int? DurationMs, DateTimeOffset StartedAt, DateTimeOffset? EndedAt)
{
    internal static string Columns(bool whole = true) =>
        $"""
        c.id, c.session_id, c.task_id, c.step_key, c.attempt, c.provider, c.model, {(whole ? "c.request, c.response" : "'{}'::jsonb, NULL::jsonb")}, c.outcome, c.error,
        c.input_tokens, c.cached_input_tokens, c.output_tokens, c.reserved_usd, c.cost_usd, c.retries, c.duration_ms, c.started_at, c.ended_at
        """;

    internal static ModelCall Read(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.Id(), row.OptionalId(), row.OptionalId(), row.Text(), row.Number(), row.Text(), row.Text(), row.Json(), row.OptionalJson(), row.Word<ModelCallOutcome>(), row.OptionalText(),
            row.Number(), row.Number(), row.Number(), row.Money(), row.OptionalMoney(), row.Number(), row.OptionalNumber(), row.Time(), row.OptionalTime());
    }
}

/// <summary>A call that is about to be made.</summary>
/// <param name="Request">JSON text.</param>
/// <param name="WorstPriceUsd">What it costs at most: it is reserved against the budgets of the task and of every goal above it.</param>
public sealed record NewModelCall(string StepKey, string Provider, string Model, string Request, decimal WorstPriceUsd)
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid? SessionId { get; init; }
}

/// <summary>What came of it.</summary>
/// <param name="Response">JSON text.</param>
public sealed record ModelCallResult(string Response, int InputTokens, int OutputTokens, decimal CostUsd)
{
    /// <summary>Who answered, when it was not the planned model but its fallback.</summary>
    public string? Provider { get; init; }
    public string? Model { get; init; }
    public int CachedInputTokens { get; init; }
    public int Retries { get; init; }
    public TimeSpan Duration { get; init; }
}

/// <summary>Whether a call may be made.</summary>
public abstract record ModelCallStart
{
    private ModelCallStart() { }

    /// <summary>Make it, then finish it.</summary>
    public sealed record Started(ModelCall Call) : ModelCallStart;

    /// <summary>The step has its answer already: use it and pay nothing.</summary>
    public sealed record Recorded(ModelCall Call) : ModelCallStart;

    /// <param name="TaskId">The task or goal whose budget does not hold it.</param>
    public sealed record OverBudget(Guid TaskId, string Message) : ModelCallStart;
}
