using System.Diagnostics;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.ModelCalls;
using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Models;

/// <summary>Asks one model one tiny question, once: no retry, no fallback, so that what is wrong with it is seen.</summary>
public sealed class ModelPinger(ModelConfigurationFile configuration, ModelClients clients, IModelCallLedger ledger, TimeProvider? time = null)
{
    private const string Question = "Answer with the one word: ready";

    /// <summary>Models that think before they answer use some of it up.</summary>
    private const int MostOutput = 64;

    private const int LongestMessage = 400;

    private static readonly ModelTimeouts Patience = new(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(45));

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    public async Task<ModelPing> PingAsync(string reference, CancellationToken cancellation)
    {
        var settings = configuration.Current;
        var model = settings.Model(reference);
        var provider = settings.ProviderOf(model);
        if (provider.Problem is { } problem) return new(model.ToString(), false, 0, problem, 0);
        var input = TokenEstimate.Of(Question);
        var permit = await ledger.BeginAsync(new($"ping:{Guid.CreateVersion7()}", null, model.Provider, model.Name, JsonText.Of(new { question = Question }), new ModelUsage(input, 0, MostOutput, true).Cost(model)), cancellation);
        if (permit is not CallPermit.Granted { CallId: var call }) throw new UnreachableException("A step of its own has no record, and a call of no task has no budget.");
        var began = _time.GetTimestamp();
        AttemptResult result;
        try
        {
            result = await new ModelAttempt(clients.For(provider, model), model, provider, Patience, settings.File, _time)
                .RunAsync([new(ChatRole.User, Question)], new ChatOptions { MaxOutputTokens = MostOutput }, input, _ => ValueTask.CompletedTask, cancellation);
        }
        catch (OperationCanceledException)
        {
            await ledger.FailAsync(call, new("Nobody waited for the answer.", 0, 1, _time.GetElapsedTime(began)), CancellationToken.None);
            throw;
        }

        var (took, cost) = (_time.GetElapsedTime(began), result.Usage.Cost(model));
        // Who used up the little that was allowed with thinking is there, too.
        var isThere = result.Answer is not null || result.Usage.OutputTokens > 0;
        var said = settings.Scrub(result.Answer is { Text: { Length: > 0 } text } ? text.Trim() : isThere ? "It answers, and thinks for longer than it was given here." : result.Message);
        if (said.Length > LongestMessage) said = said[..LongestMessage] + "…";
        if (isThere) await ledger.FinishAsync(call, new(model.Provider, model.Name, JsonText.Of(new { text = said }), result.Usage, cost, 1, took, null, new AssistantEntry(said, null, [], model.ToString())), CancellationToken.None);
        else await ledger.FailAsync(call, new(said, cost, 1, took), CancellationToken.None);
        return new(model.ToString(), isThere, (int)took.TotalMilliseconds, said, cost);
    }
}
