namespace AgentOS.Activities.Models;

/// <summary>Where calls and their prices are kept. The kernel's store in production, memory where no database is.</summary>
public interface IModelCallLedger
{
    /// <summary>In one transaction: finds the step's record, or reserves its worst price against the budgets of its task and goals and records the start.</summary>
    Task<ModelCallPermit> BeginAsync(ModelCallStart start, CancellationToken cancellation);

    /// <summary>Records the outcome and settles the reservation. An outcome recorded meanwhile by another run of the step stays.</summary>
    Task EndAsync(Guid callId, ModelCallEnd end, CancellationToken cancellation);
}

/// <param name="RequestJson">Model, options and messages, without keys.</param>
public sealed record ModelCallStart(
    string StepKey, Guid? SessionId, Guid? TaskId, string Role, string Provider, string Model, string RequestJson, decimal WorstCostUsd);

/// <param name="ResponseJson">The <see cref="ModelReply"/>; null when the call failed, so that the step may be asked again.</param>
public sealed record ModelCallEnd(
    string Provider, string Model, string? ResponseJson, string? Error, string Outcome, ModelUsage Usage, decimal CostUsd, TimeSpan Duration, int Attempts);

public abstract record ModelCallPermit
{
    private ModelCallPermit() { }

    public sealed record Granted(Guid CallId) : ModelCallPermit;

    public sealed record Recorded(string ResponseJson) : ModelCallPermit;

    public sealed record OverBudget(string Message) : ModelCallPermit;
}
