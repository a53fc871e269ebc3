using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentOS.Kernel.Database;
using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Models;

/// <param name="Text">What the model is told. Begins with <c>Error:</c> when the call failed.</param>
public sealed record ToolResult(string CallId, string Tool, string Text, bool IsError, TimeSpan Duration)
{
    public ToolEntry Entry => new(CallId, Tool, Text);
}

/// <param name="Timeout">Of one call. Tools with a time limit of their own end before.</param>
/// <param name="MostCharacters">Of an answer; the middle of a longer one is left out.</param>
public sealed record ToolLimits(TimeSpan Timeout, int MostCharacters)
{
    public static readonly ToolLimits Default = new(TimeSpan.FromMinutes(15), 30_000);
}

/// <summary>The tools of one session, and the running of a call. Whatever goes wrong is an answer for the model, never an exception.</summary>
public sealed class ToolSet(IEnumerable<AIFunction> tools, ToolLimits? limits = null, TimeProvider? time = null)
{
    private readonly Dictionary<string, AIFunction> _tools = tools.ToDictionary(t => t.Name, StringComparer.Ordinal);
    private readonly ToolLimits _limits = limits ?? ToolLimits.Default;
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Those of <paramref name="tools"/> that the role is offered, and all of <paramref name="added"/> (MCP servers').</summary>
    public static ToolSet For(string role, IEnumerable<AIFunction> tools, IEnumerable<AIFunction>? added = null, ToolLimits? limits = null)
    {
        var names = RoleTools.For(role).ToList();
        var own = tools.Where(t => names.Contains(t.Name)).OrderBy(t => names.IndexOf(t.Name)).ToList();
        // A server's tool must not stand in for one of ours.
        return new([.. own, .. (added ?? []).Where(a => !names.Contains(a.Name)).DistinctBy(a => a.Name)], limits);
    }

    /// <summary>To be offered to the model.</summary>
    public IReadOnlyList<AITool> Tools => [.. _tools.Values];

    /// <summary>Runs a call. Throws only when <paramref name="cancellation"/> asks for it.</summary>
    public async Task<ToolResult> RunAsync(ToolCall call, CancellationToken cancellation = default)
    {
        var started = _time.GetTimestamp();
        var (text, failed) = await AnswerAsync(call, cancellation);
        if (failed && !text.StartsWith("Error:", StringComparison.Ordinal)) text = "Error: " + text;
        text = Excerpt.Of(PlainText.Clean(text), _limits.MostCharacters);
        return new(call.Id, call.Name, text, text.StartsWith("Error:", StringComparison.Ordinal), _time.GetElapsedTime(started));
    }

    private async Task<(string Text, bool Failed)> AnswerAsync(ToolCall call, CancellationToken cancellation)
    {
        if (call.Problem is { } problem) return (problem, true);
        if (!_tools.TryGetValue(call.Name, out var tool)) return ($"there is no tool '{call.Name}'. You have {string.Join(", ", _tools.Keys)}.", true);
        JsonObject? given;
        try
        {
            given = JsonNode.Parse(call.Arguments) as JsonObject;
        }
        catch (JsonException)
        {
            given = null;
        }
        if (given is null) return ("the arguments were not a JSON object, so the call was not run. Send it again with valid JSON.", true);
        var (bound, wrong) = ToolBinder.Bind(tool.JsonSchema, given);
        if (bound is null) return ($"{wrong} The call was not run.", true);
        return await InvokeAsync(tool, bound, cancellation);
    }

    private async Task<(string Text, bool Failed)> InvokeAsync(AIFunction tool, JsonObject bound, CancellationToken cancellation)
    {
        using var over = new CancellationTokenSource(_limits.Timeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, over.Token);
        try
        {
            var arguments = new AIFunctionArguments(bound.ToDictionary(p => p.Key, p => (object?)JsonSerializer.SerializeToElement(p.Value)));
            // On a thread of its own and not waited for beyond the limit: a tool may block, or not listen.
            var result = await Task.Run(() => tool.InvokeAsync(arguments, linked.Token).AsTask(), linked.Token).WaitAsync(linked.Token);
            return (Text(result), false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            return ($"{tool.Name} did not end within {_limits.Timeout.TotalSeconds:0.###} s and was stopped. Ask for less at once.", true);
        }
        // Where the exception comes from is of no use to the model; what it says may be.
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Activity.Current?.AddException(error);
            return ($"{tool.Name} failed: {error.Message}", true);
        }
    }

    private static string Text(object? result) => result switch
    {
        null => "",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } json => json.GetString()!,
        JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => "",
        JsonElement json => json.GetRawText(),
        TextContent content => content.Text,
        IEnumerable<AIContent> contents => string.Join('\n', contents.Select(c => c is TextContent t ? t.Text : $"[{c.GetType().Name} left out]")),
        _ => JsonSerializer.Serialize(result, ModelGateway.RecordJson),
    };
}
