using AgentOS.Kernel.ModelCalls;

namespace AgentOS.Activities.Models;

/// <summary>Calls, budgets and answers in the kernel's <c>model_calls</c>.</summary>
public sealed class KernelLedger(ModelCallStore calls) : IModelCallLedger
{
    public async Task<CallPermit> BeginAsync(PlannedCall call, CancellationToken cancellation) =>
        await calls.StartAsync(new(call.StepKey, call.Provider, call.Model, call.RequestJson, call.WorstCostUsd) { SessionId = call.SessionId }, cancellation) switch
        {
            ModelCallStart.Recorded recorded => new CallPermit.Recorded(recorded.Call.Response!.Value.GetRawText()),
            ModelCallStart.OverBudget over => new CallPermit.OverBudget($"{over.Message} Raise it (agentos task edit {over.TaskId} --budget USD), then retry (agentos task retry)."),
            ModelCallStart.Started started => new CallPermit.Granted(started.Call.Id),
            var other => throw new InvalidOperationException(other.GetType().Name),
        };

    public async Task<int?> FinishAsync(Guid callId, CallAnswer answer, CancellationToken cancellation)
    {
        var result = new ModelCallResult(answer.ResponseJson, (int)answer.Usage.InputTokens, (int)answer.Usage.OutputTokens, answer.CostUsd)
        {
            CachedInputTokens = (int)answer.Usage.CachedInputTokens,
            Retries = Math.Max(0, answer.Attempts - 1),
            Duration = answer.Duration,
            Provider = answer.Provider,
            Model = answer.Model,
        };
        var length = await calls.FinishAsync(callId, result, answer.Seq ?? 0, answer.Seq is null ? [] : [SessionTranscript.Entry(answer.Entry)], cancellation);
        return answer.Seq is null ? null : length;
    }

    public Task FailAsync(Guid callId, CallFailure failure, CancellationToken cancellation) =>
        calls.FailAsync(callId, failure.Error, failure.CostUsd, Math.Max(0, failure.Attempts - 1), failure.Duration, cancellation);
}
