namespace AgentOS.Activities.Models;

/// <summary>Keeps calls in memory, for where no database is (tests, trying a configuration). One budget for all.</summary>
public sealed class MemoryLedger(decimal? budgetUsd = null) : IModelCallLedger
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, RememberedCall> _calls = [];

    public IReadOnlyList<RememberedCall> Calls
    {
        get { lock (_lock) return [.. _calls.Values]; }
    }

    public decimal SpentUsd
    {
        get { lock (_lock) return _calls.Values.Sum(c => c.CostUsd); }
    }

    public Task<CallPermit> BeginAsync(PlannedCall call, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_calls.Values.FirstOrDefault(c => c.Planned.StepKey == call.StepKey && c.Answer is not null) is { } known)
                return Task.FromResult<CallPermit>(new CallPermit.Recorded(known.Answer!.ResponseJson));
            if (budgetUsd is { } budget && SpentUsd + call.WorstCostUsd > budget)
            {
                return Task.FromResult<CallPermit>(new CallPermit.OverBudget(FormattableString.Invariant(
                    $"The call may cost up to ${call.WorstCostUsd:0.####}, and of the budget of ${budget:0.####} only ${budget - SpentUsd:0.####} is left. Raise the budget to go on.")));
            }
            var id = Guid.CreateVersion7();
            _calls[id] = new(call, null, null);
            return Task.FromResult<CallPermit>(new CallPermit.Granted(id));
        }
    }

    public Task<int?> FinishAsync(Guid callId, CallAnswer answer, CancellationToken cancellation)
    {
        lock (_lock) _calls[callId] = _calls[callId] with { Answer = answer };
        return Task.FromResult(answer.Seq + 1);
    }

    public Task FailAsync(Guid callId, CallFailure failure, CancellationToken cancellation)
    {
        lock (_lock)
            if (_calls[callId] is { Answer: null, Failure: null } call) _calls[callId] = call with { Failure = failure };
        return Task.CompletedTask;
    }
}

/// <summary>A call of a <see cref="MemoryLedger"/>. While it is under way it counts at its worst price.</summary>
public sealed record RememberedCall(PlannedCall Planned, CallAnswer? Answer, CallFailure? Failure)
{
    public decimal CostUsd => Answer?.CostUsd ?? Failure?.CostUsd ?? Planned.WorstCostUsd;
}
