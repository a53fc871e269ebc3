using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace AgentOS.Activities.Models;

/// <summary>
/// Asks the model of a role: record, budget, the primary in one retry loop, then the fallback in the same loop. Failure is a value.
/// </summary>
public sealed class ModelGateway(
    ModelConfigurationFile configuration, ModelClients clients, IModelCallLedger ledger,
    RetryPolicy? retries = null, TimeProvider? time = null, ILogger<ModelGateway>? logger = null)
{
    /// <summary>What an answer is taken to be at most where neither llm.yaml nor the request sets a limit.</summary>
    private const int AssumedOutputTokens = 8192;

    internal static readonly JsonSerializerOptions RecordJson = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    private sealed record Candidate(Model Model, ModelProvider Provider);

    /// <summary>Returns a <see cref="ModelReply"/> or a <see cref="ModelFailure"/>; throws only when cancelled, or when the ledger cannot be reached.</summary>
    public async Task<ModelOutcome> AskAsync(
        ModelRequest request, Func<ModelDelta, ValueTask>? onDelta = null, CancellationToken cancellation = default)
    {
        ModelConfiguration settings;
        ModelRole role;
        List<Candidate> candidates;
        try
        {
            settings = configuration.Current;
            role = settings.Role(request.Role);
            var models = new[] { request.Model is { } own ? settings.Model(own) : role.Primary, role.Fallback }.OfType<Model>().Distinct();
            candidates = [.. models.Select(m => new Candidate(m, settings.ProviderOf(m)))];
        }
        catch (ModelConfigurationException error)
        {
            return new ModelFailure(ModelFailureKind.Configuration, error.Message);
        }

        var input = TokenEstimate.Of(request.Messages, request.Tools);
        var worst = candidates.Max(c => WorstCost(request, role, c.Model, input));
        var first = candidates[0].Model;
        var permit = await ledger.BeginAsync(new(request.StepKey, request.SessionId, request.TaskId, role.Name, first.Provider, first.Name,
            RequestJson(request, role, first, settings), worst), cancellation);
        switch (permit)
        {
            case ModelCallPermit.Recorded recorded:
                return JsonSerializer.Deserialize<ModelReply>(recorded.ResponseJson, RecordJson)! with { IsRecorded = true };
            case ModelCallPermit.OverBudget over:
                return new ModelFailure(ModelFailureKind.BudgetExceeded, over.Message);
        }
        var call = ((ModelCallPermit.Granted)permit).CallId;
        return await CallAsync(call, request, role, candidates, settings, input, onDelta ?? (_ => ValueTask.CompletedTask), cancellation);
    }

    private async Task<ModelOutcome> CallAsync(
        Guid call, ModelRequest request, ModelRole role, List<Candidate> candidates, ModelConfiguration settings, int input,
        Func<ModelDelta, ValueTask> onDelta, CancellationToken cancellation)
    {
        var started = _time.GetTimestamp();
        var (attempts, cost, usage) = (0, 0m, ModelUsage.None);
        var loop = new RetryLoop(retries ?? RetryPolicy.Default, _time);
        AttemptResult? last = null;
        ModelKey asked = new(candidates[0].Model);
        try
        {
            foreach (var candidate in candidates)
            {
                if (last is not null) await onDelta(new ModelDelta.Retry(candidate.Model.ToString(), last.Message, TimeSpan.Zero));
                if (candidate.Provider.Problem is { } problem)
                {
                    // The first failure says more than "and the fallback has no key".
                    last ??= new(null, ModelFailureKind.Configuration, problem, false, null, ModelUsage.None);
                    continue;
                }
                asked = new(candidate.Model);
                var client = clients.For(candidate.Provider, candidate.Model);
                var messages = ModelWire.Messages(request.Messages, candidate.Model, settings.Scrub);
                var options = ModelWire.Options(request, role, candidate.Model, candidate.Provider, input);
                var result = await loop.RunAsync(async token =>
                {
                    attempts++;
                    var attempt = new ModelAttempt(client, candidate.Model, candidate.Provider, role.Timeouts, settings.File, _time);
                    var outcome = await attempt.RunAsync(messages, options, input, onDelta, token);
                    cost += outcome.Usage.Cost(candidate.Model);
                    usage = Sum(usage, outcome.Usage);
                    return outcome;
                },
                (failed, delay) =>
                {
                    logger?.LogInformation("Attempt {Attempt} failed, next in {Delay}: {Reason}", attempts, delay, settings.Scrub(failed.Message));
                    return onDelta(new ModelDelta.Retry(candidate.Model.ToString(), settings.Scrub(failed.Message), delay));
                }, cancellation);
                if (result.Answer is { } answer)
                {
                    var reply = new ModelReply(settings.Scrub(answer.Text), answer.Reasoning is { } r ? settings.Scrub(r) : null,
                        [.. answer.ToolCalls.Select(c => c with { Arguments = settings.Scrub(c.Arguments) })],
                        candidate.Model.ToString(), usage, cost, attempts, _time.GetElapsedTime(started)) { IsCut = answer.IsCut };
                    await EndAsync(JsonSerializer.Serialize(reply, RecordJson), null, "ok");
                    return reply;
                }
                last = last is null ? result : result with { Message = $"{last.Message} Then the fallback: {result.Message}" };
            }
            var failure = new ModelFailure(last!.Kind, settings.Scrub(last.Message), attempts, cost);
            await EndAsync(null, failure.Message, failure.Kind.ToString());
            return failure;
        }
        catch (Exception error)
        {
            // Cancelled, or whoever watches failed: the reservation must not stay. A crash here is the ledger's to find.
            await EndAsync(null, error is OperationCanceledException ? "Cancelled." : error.Message, "cancelled");
            throw;
        }

        Task EndAsync(string? response, string? error, string outcome) =>
            ledger.EndAsync(call, new(asked.Provider, asked.Model, response, error, outcome, usage, cost, _time.GetElapsedTime(started), attempts), CancellationToken.None);
    }

    private readonly record struct ModelKey(string Provider, string Model)
    {
        public ModelKey(Model model) : this(model.Provider, model.Name) { }
    }

    private static decimal WorstCost(ModelRequest request, ModelRole role, Model model, int input) =>
        new ModelUsage(input, 0, ModelWire.MaxOutput(request, role, model, input) ?? AssumedOutputTokens, true).Cost(model);

    private static ModelUsage Sum(ModelUsage a, ModelUsage b) => new(
        a.InputTokens + b.InputTokens, a.CachedInputTokens + b.CachedInputTokens, a.OutputTokens + b.OutputTokens, a.IsEstimate || b.IsEstimate);

    /// <summary>The request as it is recorded: what a person needs to see why the model answered as it did.</summary>
    private static string RequestJson(ModelRequest request, ModelRole role, Model model, ModelConfiguration settings) => settings.Scrub(JsonSerializer.Serialize(new
    {
        role = role.Name,
        model = model.ToString(),
        temperature = request.Temperature ?? role.Temperature,
        tools = request.Tools.Select(t => t.Name),
        messages = request.Messages.Select(m => new
        {
            role = m.Role.Value,
            text = m.Text.Length == 0 ? null : m.Text,
            tool_calls = m.Contents.OfType<FunctionCallContent>().Select(c => new { id = c.CallId, name = c.Name, arguments = c.Arguments }),
            tool_results = m.Contents.OfType<FunctionResultContent>().Select(c => new { id = c.CallId, text = c.Result?.ToString() }),
        }),
    }, RecordJson));
}
