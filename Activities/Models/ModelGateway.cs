using System.Text.Encodings.Web;
using System.Text.Json;
using AgentOS.Kernel.Database;
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

    /// <param name="Messages">Within the model's context; null when they cannot be brought there.</param>
    private sealed record Candidate(Model Model, ModelProvider Provider, IReadOnlyList<ChatMessage>? Messages, int Input, int? MaxOutput)
    {
        public decimal WorstCost => Messages is null ? 0 : new ModelUsage(Input, 0, MaxOutput ?? AssumedOutputTokens, true).Cost(Model);
    }

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
            candidates = [.. models.Select(m => Prepare(request, role, m, settings.ProviderOf(m)))];
        }
        catch (ModelConfigurationException error)
        {
            return new ModelFailure(ModelFailureKind.Configuration, error.Message);
        }

        if (candidates.TrueForAll(c => ProblemOf(c) is not null))
        {
            var problem = ProblemOf(candidates[0])!;
            return new ModelFailure(problem.Kind, problem.Message);
        }
        var first = candidates[0].Model;
        var permit = await ledger.BeginAsync(new(request.StepKey, request.SessionId, first.Provider, first.Name,
            RequestJson(request, role, candidates[0], settings), candidates.Max(c => c.WorstCost)), cancellation);
        switch (permit)
        {
            case CallPermit.Recorded recorded:
                return JsonSerializer.Deserialize<ModelReply>(recorded.ResponseJson, RecordJson)! with { IsRecorded = true };
            case CallPermit.OverBudget over:
                return new ModelFailure(ModelFailureKind.BudgetExceeded, over.Message);
        }
        var call = ((CallPermit.Granted)permit).CallId;
        return await CallAsync(call, request, role, candidates, settings, Watcher(onDelta, settings), cancellation);
    }

    private async Task<ModelOutcome> CallAsync(
        Guid call, ModelRequest request, ModelRole role, List<Candidate> candidates, ModelConfiguration settings,
        Func<ModelDelta, ValueTask> onDelta, CancellationToken cancellation)
    {
        var started = _time.GetTimestamp();
        var spent = new Spending();
        var loop = new RetryLoop(retries ?? RetryPolicy.Default, _time);
        AttemptResult? last = null;
        try
        {
            foreach (var candidate in candidates)
            {
                if (last is not null) await onDelta(new ModelDelta.Retry(candidate.Model.ToString(), last.Message, TimeSpan.Zero));
                if (ProblemOf(candidate) is { } problem)
                {
                    // The first failure says more than "and the fallback has no key".
                    last ??= problem;
                    continue;
                }
                var result = await AttemptsAsync(loop, request, role, candidate, settings, spent, onDelta, cancellation);
                if (result.Answer is { } answer)
                {
                    var reply = new ModelReply(Clean(answer.Text), answer.Reasoning is { } r ? Clean(r) : null,
                        [.. answer.ToolCalls.Select(c => c with { Arguments = Clean(c.Arguments) })],
                        candidate.Model.ToString(), spent.Usage, spent.CostUsd, spent.Attempts, _time.GetElapsedTime(started)) { IsCut = answer.IsCut };
                    // Not to be cancelled any more: it is paid.
                    var length = await ledger.FinishAsync(call, new(candidate.Model.Provider, candidate.Model.Name, JsonSerializer.Serialize(reply, RecordJson),
                        reply.Usage, reply.CostUsd, reply.Attempts, reply.Duration, request.Seq, AssistantEntry.From(reply)), CancellationToken.None);
                    return reply with { TranscriptLength = length };
                }
                last = last is null ? result : result with { Message = $"{last.Message} Then the fallback: {result.Message}" };
            }
            var failure = new ModelFailure(last!.Kind, settings.Scrub(last.Message), spent.Attempts, spent.CostUsd);
            await FailAsync(failure.Message);
            return failure;
        }
        catch (OperationCanceledException)
        {
            // The reservation must not stay. A crash here is the ledger's to find.
            await FailAsync("Cancelled.");
            throw;
        }

        string Clean(string text) => settings.Scrub(PlainText.Clean(text));

        Task FailAsync(string error) => ledger.FailAsync(call, new(error, spent.CostUsd, spent.Attempts, _time.GetElapsedTime(started)), CancellationToken.None);
    }

    private Task<AttemptResult> AttemptsAsync(
        RetryLoop loop, ModelRequest request, ModelRole role, Candidate candidate, ModelConfiguration settings, Spending spent,
        Func<ModelDelta, ValueTask> onDelta, CancellationToken cancellation)
    {
        var client = clients.For(candidate.Provider, candidate.Model);
        var messages = ModelWire.Messages(candidate.Messages!, candidate.Model, settings.Scrub);
        var options = ModelWire.Options(request, role, candidate.Model, candidate.Provider, candidate.MaxOutput);
        return loop.RunAsync(async token =>
        {
            spent.Attempts++;
            var attempt = new ModelAttempt(client, candidate.Model, candidate.Provider, role.Timeouts, settings.File, _time);
            var result = await attempt.RunAsync(messages, options, candidate.Input, onDelta, token);
            spent.Add(result.Usage, candidate.Model);
            return result;
        },
        (failed, delay) =>
        {
            logger?.LogInformation("Attempt {Attempt} failed, next in {Delay}: {Reason}", spent.Attempts, delay, settings.Scrub(failed.Message));
            return onDelta(new ModelDelta.Retry(candidate.Model.ToString(), failed.Message, delay));
        }, cancellation);
    }

    /// <summary>Of all attempts of one call, the broken ones included.</summary>
    private sealed class Spending
    {
        public int Attempts { get; set; }

        public decimal CostUsd { get; private set; }

        public ModelUsage Usage { get; private set; } = ModelUsage.None;

        public void Add(ModelUsage usage, Model model)
        {
            CostUsd += usage.Cost(model);
            Usage = new(Usage.InputTokens + usage.InputTokens, Usage.CachedInputTokens + usage.CachedInputTokens,
                Usage.OutputTokens + usage.OutputTokens, Usage.IsEstimate || usage.IsEstimate);
        }
    }

    /// <summary>Who watches cannot break the call: an answer that is paid for is not thrown away because a screen is gone.</summary>
    private Func<ModelDelta, ValueTask> Watcher(Func<ModelDelta, ValueTask>? onDelta, ModelConfiguration settings)
    {
        return async delta =>
        {
            if (onDelta is null) return;
            try
            {
                await onDelta(delta switch
                {
                    ModelDelta.Text text => new ModelDelta.Text(settings.Scrub(text.Value)),
                    ModelDelta.Reasoning reasoning => new ModelDelta.Reasoning(settings.Scrub(reasoning.Value)),
                    ModelDelta.Retry retry => retry with { Reason = settings.Scrub(retry.Reason) },
                    _ => delta,
                });
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                logger?.LogWarning(error, "The model's answer is no longer shown as it comes.");
                onDelta = null;
            }
        };
    }

    private static Candidate Prepare(ModelRequest request, ModelRole role, Model model, ModelProvider provider)
    {
        var tools = request.Tools.Sum(TokenEstimate.Of);
        var limit = ModelWire.OutputLimit(request, role, model);
        // A large limit is seldom used up: it may take a quarter of the context from the conversation, and gets what is left over at the end.
        var room = model.ContextTokens - tools - Math.Min(limit ?? AssumedOutputTokens, model.ContextTokens / 4);
        var messages = ContextWindow.Fit(request.Messages, room);
        var input = TokenEstimate.Of(messages ?? [], []) + tools;
        return new(model, provider, messages, input, limit is null ? null : Math.Min(limit.Value, Math.Max(256, model.ContextTokens - input)));
    }

    private static AttemptResult? ProblemOf(Candidate candidate)
    {
        if (candidate.Provider.Problem is { } problem) return new(null, ModelFailureKind.Configuration, problem, false, null, ModelUsage.None);
        return candidate.Messages is not null ? null : new(null, ModelFailureKind.Refused,
            $"The conversation is longer than the context of {candidate.Model} ({candidate.Model.ContextTokens} tokens), also without old outputs. Split the task, or give the role a model with a larger context.",
            false, null, ModelUsage.None);
    }

    /// <summary>
    /// The request as it is recorded. Of a session's, only what is new since the answer before: the rest is in the session's entries, and
    /// repeating it with every call would grow with the square of the session's length.
    /// </summary>
    private static string RequestJson(ModelRequest request, ModelRole role, Candidate first, ModelConfiguration settings)
    {
        var known = request.SessionId is null ? 0 : Enumerable.Range(0, request.Messages.Count).LastOrDefault(i => request.Messages[i].Role == ChatRole.Assistant);
        return settings.Scrub(JsonSerializer.Serialize(new
        {
            role = role.Name,
            model = first.Model.ToString(),
            temperature = request.Temperature ?? role.Temperature,
            max_output = first.MaxOutput,
            tools = request.Tools.Select(t => t.Name),
            messages_before = known,
            shortened = first.Messages is { } sent && !ReferenceEquals(sent, request.Messages),
            messages = request.Messages.Skip(known).Select(m => new
            {
                role = m.Role.Value,
                text = PlainText.Clean(m.Text),
                tool_calls = m.Contents.OfType<FunctionCallContent>().Select(c => new { id = c.CallId, name = c.Name, arguments = ToolArguments.Write(c.Arguments) }),
                tool_results = m.Contents.OfType<FunctionResultContent>().Select(c => new { id = c.CallId, text = PlainText.Clean(c.Result?.ToString() ?? "") }),
            }),
        }, RecordJson));
    }
}
