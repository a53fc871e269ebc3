using System.Text;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace AgentOS.Activities.Models;

/// <summary>What one HTTP call led to.</summary>
/// <param name="Retryable">Another attempt may help.</param>
/// <param name="RetryAfter">The endpoint asked to wait so long.</param>
/// <param name="Usage">Also of a broken answer: what came was paid.</param>
internal sealed record AttemptResult(
    AttemptAnswer? Answer, ModelFailureKind Kind, string Message, bool Retryable, TimeSpan? RetryAfter, ModelUsage Usage);

internal sealed record AttemptAnswer(string Text, string? Reasoning, IReadOnlyList<ToolCall> ToolCalls, bool IsCut);

/// <summary>One streamed call to one model, judged: a whole answer, or what is wrong with it.</summary>
internal sealed class ModelAttempt(IChatClient client, Model model, ModelProvider provider, ModelTimeouts timeouts, string configurationFile, TimeProvider time)
{
    /// <summary>Of one answer. A model that sends more has lost its way, and each would be a step.</summary>
    internal const int MostCalls = 128;

    private readonly StringBuilder _text = new();
    private readonly StringBuilder _reasoning = new();
    private readonly ToolCallAssembler _tools = new();
    private UsageDetails? _usage;
    private bool _began;
    private Microsoft.Extensions.AI.ChatFinishReason? _finish;

    public async Task<AttemptResult> RunAsync(
        IReadOnlyList<Microsoft.Extensions.AI.ChatMessage> messages, ChatOptions options, int estimatedInput, Func<ModelDelta, ValueTask> onDelta, CancellationToken cancellation)
    {
        using var silence = new CancellationTokenSource(timeouts.FirstToken, time);
        using var total = new CancellationTokenSource(timeouts.Total, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, silence.Token, total.Token);
        try
        {
            await foreach (var update in client.GetStreamingResponseAsync(messages, options, linked.Token))
            {
                _began = true;
                silence.CancelAfter(timeouts.Idle);
                await TakeAsync(update, onDelta);
            }
            return Judge(estimatedInput);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        // All is said: a connection that breaks now, or tool calls that the library cannot put together, take nothing away.
        catch (Exception) when (_finish is not null)
        {
            return Judge(estimatedInput);
        }
        catch (OperationCanceledException) when (linked.IsCancellationRequested)
        {
            var waited = total.IsCancellationRequested ? $"did not finish within {timeouts.Total.TotalSeconds:0.###} s"
                : _began ? $"fell silent for {timeouts.Idle.TotalSeconds:0.###} s" : $"sent nothing for {timeouts.FirstToken.TotalSeconds:0.###} s";
            return Failed(new(ModelFailureKind.Timeout, $"{model} {waited}. Try again later, or raise 'timeouts' of the role in {configurationFile}.", true), estimatedInput);
        }
        // Whatever the client library throws is an answer about this attempt, not about the program.
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return Failed(ModelFault.From(error, model, provider, configurationFile), estimatedInput);
        }
    }

    private async ValueTask TakeAsync(ChatResponseUpdate update, Func<ModelDelta, ValueTask> onDelta)
    {
        _finish ??= update.FinishReason;
        if (update.RawRepresentation is StreamingChatCompletionUpdate raw)
            foreach (var piece in raw.ToolCallUpdates) _tools.Add(piece);
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case TextReasoningContent { Text: { Length: > 0 } reasoning }:
                    _reasoning.Append(reasoning);
                    await onDelta(new ModelDelta.Reasoning(reasoning));
                    break;
                case TextContent { Text: { Length: > 0 } text }:
                    _text.Append(text);
                    await onDelta(new ModelDelta.Text(text));
                    break;
                case UsageContent usage:
                    // Some endpoints repeat running totals in every piece: the last one counts.
                    _usage = usage.Details;
                    break;
            }
        }
    }

    private AttemptResult Judge(int estimatedInput)
    {
        var isCut = _finish == Microsoft.Extensions.AI.ChatFinishReason.Length;
        if (!_began)
            return Failed(new(ModelFailureKind.Broken,
                $"{model} sent nothing of a chat completion. Check that base_url of provider '{provider.Name}' in {configurationFile}:{provider.Line} is the API's address.", true), estimatedInput);
        if (_finish is null)
            return Failed(new(ModelFailureKind.Broken, $"{model} ended its answer without saying that it was done. The connection or the endpoint is unreliable; try again later.", true), estimatedInput);
        if (_finish == Microsoft.Extensions.AI.ChatFinishReason.ContentFilter)
            return Failed(new(ModelFailureKind.ContentFiltered, $"{model} withheld its answer (content filter). Word the task differently or give the role another model.", false), estimatedInput);
        if (_tools.Calls.Count > MostCalls)
            return Failed(new(ModelFailureKind.Broken, $"{model} sent {_tools.Calls.Count} tool calls in one answer; {MostCalls} are the most that are run. Try again, or give the role another model.", true), estimatedInput);
        var calls = _tools.Calls.Select(call => Accept(call, isCut)).ToList();
        if (calls.Exists(c => c is null))
            return Failed(new(ModelFailureKind.Broken, $"{model} sent a tool call that stops in the middle. Try again, or give the role another model.", true), estimatedInput);
        if (calls.Count == 0 && _text.Length == 0 && isCut)
            return Failed(new(ModelFailureKind.Refused, $"{model} used up its output limit before it answered. Raise 'max_output' of the model or the role in {configurationFile}.", false), estimatedInput);
        if (calls.Count == 0 && _text.Length == 0)
            return Failed(new(ModelFailureKind.Broken, $"{model} sent an empty answer. Try again, or give the role another model.", true), estimatedInput);
        var reasoning = _reasoning.Length > 0 ? _reasoning.ToString() : null;
        return new(new(_text.ToString(), reasoning, calls!, isCut), default, "", false, null, Usage(estimatedInput));
    }

    /// <summary>The call as it may go on; null when it was cut in transit and must be asked for again.</summary>
    private static ToolCall? Accept((string Id, string Name, string Arguments) call, bool isCut)
    {
        // Even a call whose arguments look whole may lack its last one, or the ones that should have followed it.
        if (isCut) return new(call.Id, call.Name, "{}", "your answer reached the output limit and was cut off, so none of its tool calls was run. Do it in smaller steps.");
        if (call.Name.Length == 0) return new(call.Id, "unknown", "{}", "the tool call has no name.");
        return ToolArguments.Check(call.Arguments) switch
        {
            ToolArguments.State.Whole => new(call.Id, call.Name, string.IsNullOrWhiteSpace(call.Arguments) ? "{}" : call.Arguments),
            ToolArguments.State.Cut => null,
            _ => new(call.Id, call.Name, "{}", "the arguments were not a JSON object, so the call was not run. Send it again with valid JSON."),
        };
    }

    private AttemptResult Failed(ModelFault fault, int estimatedInput) =>
        new(null, fault.Kind, fault.Message, fault.Retryable, fault.RetryAfter, Begun ? Usage(estimatedInput) : ModelUsage.None);

    private bool Begun => _usage is not null || _text.Length + _reasoning.Length > 0 || _tools.Calls.Count > 0;

    private ModelUsage Usage(int estimatedInput)
    {
        if (_usage is { InputTokenCount: { } input, OutputTokenCount: { } output } && input + output > 0)
            return new(Math.Max(0, input), Math.Clamp(_usage.CachedInputTokenCount ?? 0, 0, Math.Max(0, input)), Math.Max(0, output), false);
        var written = TokenEstimate.Of(_text.ToString()) + TokenEstimate.Of(_reasoning.ToString())
            + _tools.Calls.Sum(c => TokenEstimate.Of(c.Name) + TokenEstimate.Of(c.Arguments));
        return new(estimatedInput, 0, written, true);
    }
}
