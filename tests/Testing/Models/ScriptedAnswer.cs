using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentOS.Testing.Models;

/// <summary>How a scripted answer ends.</summary>
public enum AnswerEnd
{
    /// <summary><c>[DONE]</c>.</summary>
    Done,
    /// <summary>The connection is cut.</summary>
    Abort,
    /// <summary>Nothing more comes until the client leaves.</summary>
    Hang,
    /// <summary>The response ends as if it were whole.</summary>
    Quiet,
}

/// <summary>What the scripted endpoint sends: a status with a body, or the data of server-sent events.</summary>
public sealed record ScriptedAnswer(int Status, IReadOnlyList<string> Events, AnswerEnd End = AnswerEnd.Done, string? Body = null)
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public static readonly JsonObject Usage = new() { ["prompt_tokens"] = 100, ["completion_tokens"] = 20, ["total_tokens"] = 120 };

    public static ScriptedAnswer Refusal(int status, string body = """{"error":{"message":"no"}}""", params (string Name, string Value)[] headers) =>
        new(status, [], Body: body) { Headers = headers.ToDictionary(h => h.Name, h => h.Value) };

    public static ScriptedAnswer Garbage(string body, string type = "text/html") =>
        new(200, [], Body: body) { Headers = new Dictionary<string, string> { ["Content-Type"] = type } };

    public static ScriptedAnswer Text(string text, JsonObject? usage = null, string finish = "stop", bool withUsage = true) =>
        new(200, [.. text.Chunk(5).Select(c => Chunk(new JsonObject { ["content"] = new string(c) })), Finish(finish), .. withUsage ? [UsageChunk(usage ?? Usage)] : Array.Empty<string>()]);

    public static ScriptedAnswer Tools(string finish, params (string Id, string Name, string Arguments)[] calls) =>
        new(200, [.. calls.SelectMany((call, index) => ToolChunks(index, call.Id, call.Name, call.Arguments)), Finish(finish), UsageChunk(Usage)]);

    public ScriptedAnswer Then(AnswerEnd end, int afterEvents) => this with { Events = [.. Events.Take(afterEvents)], End = end };

    public ScriptedAnswer WithReasoning(string reasoning) => this with { Events = [Chunk(new JsonObject { ["reasoning_content"] = reasoning }), .. Events] };

    public static string Chunk(JsonObject delta) => Envelope(new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = null }));

    public static string Finish(string reason) =>
        Envelope(new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = new JsonObject(), ["finish_reason"] = reason }));

    public static string UsageChunk(JsonObject usage) => Envelope([], usage);

    public static IEnumerable<string> ToolChunks(int index, string? id, string name, string arguments)
    {
        yield return ToolChunk(index, id, name, "");
        foreach (var piece in arguments.Chunk(7)) yield return ToolChunk(index, null, null, new string(piece));
    }

    public static string ToolChunk(int index, string? id, string? name, string arguments)
    {
        var call = new JsonObject { ["index"] = index, ["function"] = new JsonObject { ["arguments"] = arguments } };
        if (id is not null) (call["id"], call["type"]) = (id, "function");
        if (name is not null) call["function"]!["name"] = name;
        return Chunk(new JsonObject { ["tool_calls"] = new JsonArray(call) });
    }

    private static string Envelope(JsonArray choices, JsonObject? usage = null)
    {
        var chunk = new JsonObject { ["id"] = "c1", ["object"] = "chat.completion.chunk", ["created"] = 1, ["model"] = "scripted", ["choices"] = choices };
        if (usage is not null) chunk["usage"] = usage.DeepClone();
        return JsonSerializer.Serialize(chunk);
    }
}
