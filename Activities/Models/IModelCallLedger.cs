namespace AgentOS.Activities.Models;

/// <summary>Where calls and their prices are kept: the kernel's store, or memory where no database is.</summary>
public interface IModelCallLedger
{
    /// <summary>In one transaction: finds the step's record, or reserves the call's worst price against the budgets of its task and goals and notes the start.</summary>
    Task<CallPermit> BeginAsync(PlannedCall call, CancellationToken cancellation);

    /// <summary>In one transaction: settles the call, records its answer, and appends it to the session's transcript where the request says so.</summary>
    /// <returns>The transcript's new length; null when nothing was appended, as it was not as long as expected.</returns>
    Task<int?> FinishAsync(Guid callId, CallAnswer answer, CancellationToken cancellation);

    /// <summary>Settles a call that failed, so that the step may be asked again. A call that has ended stays as it is.</summary>
    Task FailAsync(Guid callId, CallFailure failure, CancellationToken cancellation);
}

/// <param name="RequestJson">Model, options and messages, without keys.</param>
public sealed record PlannedCall(string StepKey, Guid? SessionId, string Provider, string Model, string RequestJson, decimal WorstCostUsd);

/// <param name="Provider">Of the model that answered: the fallback's may differ from the planned.</param>
/// <param name="ResponseJson">The <see cref="ModelReply"/>.</param>
/// <param name="Entry">To be appended to the transcript at <paramref name="Seq"/>, when that is given.</param>
public sealed record CallAnswer(
    string Provider, string Model, string ResponseJson, ModelUsage Usage, decimal CostUsd, int Attempts, TimeSpan Duration, int? Seq, AssistantEntry Entry);

/// <param name="CostUsd">What it cost all the same: broken answers are paid as far as they came.</param>
public sealed record CallFailure(string Error, decimal CostUsd, int Attempts, TimeSpan Duration);

public abstract record CallPermit
{
    private CallPermit() { }

    public sealed record Granted(Guid CallId) : CallPermit;

    public sealed record Recorded(string ResponseJson) : CallPermit;

    public sealed record OverBudget(string Message) : CallPermit;
}
