using System.Text.Json.Serialization;

namespace AgentOS.Activities.Models;

/// <summary>What a question to a model led to: a <see cref="ModelReply"/> or a <see cref="ModelFailure"/>. Never an exception, but for cancellation.</summary>
public abstract record ModelOutcome
{
    private protected ModelOutcome() { }
}

/// <param name="Model">Who answered, as <c>provider/model</c>.</param>
/// <param name="Attempts">HTTP calls it took, those of the first model before a fallback included.</param>
/// <param name="CostUsd">Of all attempts, also of those that broke after tokens had come.</param>
public sealed record ModelReply(
    string Text, string? Reasoning, IReadOnlyList<ToolCall> ToolCalls, string Model, ModelUsage Usage, decimal CostUsd,
    int Attempts, TimeSpan Duration) : ModelOutcome
{
    /// <summary>The answer hit the output limit. Its tool calls carry a <see cref="ToolCall.Problem"/> and are not run.</summary>
    public bool IsCut { get; init; }

    /// <summary>The transcript's length with this answer in it; null when it was not appended now (see <see cref="ModelRequest.Seq"/>; a recorded answer was appended when it came).</summary>
    [JsonIgnore]
    public int? TranscriptLength { get; init; }

    /// <summary>Taken from the record of an earlier run of the same step.</summary>
    [JsonIgnore]
    public bool IsRecorded { get; init; }
}

/// <param name="Message">What happened and what to do, for a person. Holds no key.</param>
/// <param name="CostUsd">Of attempts that broke after tokens had come.</param>
public sealed record ModelFailure(ModelFailureKind Kind, string Message, int Attempts = 0, decimal CostUsd = 0) : ModelOutcome;

public enum ModelFailureKind
{
    /// <summary>llm.yaml is not usable: missing file, key, role or model.</summary>
    Configuration,
    /// <summary>401 or 403.</summary>
    Authentication,
    /// <summary>402: the account has no funds.</summary>
    Payment,
    /// <summary>Another 4xx: the endpoint does not accept the request.</summary>
    Refused,
    RateLimited,
    /// <summary>5xx or no connection.</summary>
    Unavailable,
    Timeout,
    /// <summary>The answer ended before it was whole, or made no sense.</summary>
    Broken,
    ContentFiltered,
    /// <summary>The call's worst price is over what the task or one of its goals has left. Nothing was sent.</summary>
    BudgetExceeded,
}

/// <summary>A tool call of a model. <paramref name="Arguments"/> is a JSON object; when <paramref name="Problem"/> is set the call must not be run, and the model is told the problem.</summary>
public sealed record ToolCall(string Id, string Name, string Arguments, string? Problem = null);

/// <param name="CachedInputTokens">Of <paramref name="InputTokens"/>, those that the provider had cached.</param>
/// <param name="IsEstimate">The endpoint gave no figures; these are computed from the texts' lengths.</param>
public sealed record ModelUsage(long InputTokens, long CachedInputTokens, long OutputTokens, bool IsEstimate)
{
    public static readonly ModelUsage None = new(0, 0, 0, false);

    /// <summary>In USD. A model without a price costs nothing.</summary>
    public decimal Cost(Model model)
    {
        if (!model.HasPrice) return 0;
        var cached = Math.Min(CachedInputTokens, InputTokens);
        return ((InputTokens - cached) * model.InputPrice!.Value
            + cached * (model.CachedInputPrice ?? model.InputPrice.Value)
            + OutputTokens * model.OutputPrice!.Value) / 1_000_000m;
    }
}

/// <summary>What can be watched while a model answers.</summary>
public abstract record ModelDelta
{
    private protected ModelDelta() { }

    public sealed record Text(string Value) : ModelDelta;

    public sealed record Reasoning(string Value) : ModelDelta;

    /// <summary>What was shown of this answer is void; another attempt follows after <paramref name="Delay"/>, of <paramref name="Model"/>.</summary>
    public sealed record Retry(string Model, string Reason, TimeSpan Delay) : ModelDelta;
}
