namespace AgentOS.Activities.Models;

/// <summary>Records calls in memory, for where no database is (tests, trying a configuration). One budget for all.</summary>
public sealed class MemoryLedger(decimal? budgetUsd = null) : IModelCallLedger
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Guid> _steps = [];
    private readonly Dictionary<Guid, (ModelCallStart Start, ModelCallEnd? End)> _calls = [];

    public IReadOnlyList<(ModelCallStart Start, ModelCallEnd? End)> Calls
    {
        get { lock (_lock) return [.. _calls.Values]; }
    }

    public decimal SpentUsd
    {
        get { lock (_lock) return _calls.Values.Sum(c => c.End?.CostUsd ?? c.Start.WorstCostUsd); }
    }

    public Task<ModelCallPermit> BeginAsync(ModelCallStart start, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_steps.TryGetValue(start.StepKey, out var known) && _calls[known].End?.ResponseJson is { } response)
                return Task.FromResult<ModelCallPermit>(new ModelCallPermit.Recorded(response));
            if (budgetUsd is { } budget && SpentUsd + start.WorstCostUsd > budget)
                return Task.FromResult<ModelCallPermit>(new ModelCallPermit.OverBudget(
                    FormattableString.Invariant($"The call may cost up to ${start.WorstCostUsd:0.####}, and of the budget of ${budget:0.####} only ${budget - SpentUsd:0.####} is left. Raise the budget to go on.")));
            var call = Guid.CreateVersion7();
            _steps[start.StepKey] = call;
            _calls[call] = (start, null);
            return Task.FromResult<ModelCallPermit>(new ModelCallPermit.Granted(call));
        }
    }

    public Task EndAsync(Guid callId, ModelCallEnd end, CancellationToken cancellation)
    {
        lock (_lock)
            if (_calls[callId].End is null) _calls[callId] = (_calls[callId].Start, end);
        return Task.CompletedTask;
    }
}
