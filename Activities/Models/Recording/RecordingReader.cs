using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace AgentOS.Activities.Models.Recording;

/// <summary>
/// Reads a recording from YAML:
/// <code>
/// conversations:
///   - name: code the discount            # for people
///     when:                              # all optional, all must hold; the first conversation in the file that holds is used
///       tools: [write_file]              # these are offered
///       text: ["# Task Add a discount"]  # each stands in a system or user message
///       not_text: ["attempt 2"]          # none stands there
///       last: "1 failed"                 # stands in the last message
///       since: "It came back"            # count turns from the last user message that holds this
///     turns:                             # the first answer, the second, …
///       - text: I write it.
///         reasoning: It needs a test too.
///         tool_calls:
///           - write_file: { path: src/a.js, content: "…" }
///           - git_diff: {}
///         usage: { input: 1200, cached: 800, output: 90 }   # tokens; estimated when left out
///         latency: 0.2                                      # seconds before the first piece
/// </code>
/// Plain numbers, true, false and null become JSON's; whatever is quoted or a block (<c>|</c>) stays text.
/// </summary>
public static class RecordingReader
{
    /// <summary>A streamed piece is about as long as a real model's.</summary>
    private const int PieceLength = 24;

    /// <exception cref="ModelConfigurationException">With file, line and what is wrong.</exception>
    public static Recording Read(string text, string file)
    {
        var yaml = new YamlSource(file);
        var root = yaml.Document(text);
        if (!yaml.Entries(root, "the recording", "conversations").TryGetValue("conversations", out var conversations))
            throw yaml.Error(root, "'conversations:' is missing.");
        return new(file, [.. yaml.Sequence(conversations, "'conversations'").Children.Select(node => Conversation(yaml, node))]);
    }

    private static RecordedConversation Conversation(YamlSource yaml, YamlNode node)
    {
        var entries = yaml.Entries(node, "a conversation", "name", "when", "turns");
        if (!entries.TryGetValue("turns", out var turns)) throw yaml.Error(node, "the conversation has no 'turns:'.");
        var name = entries.TryGetValue("name", out var nameNode) ? yaml.Text(nameNode, "name") : $"line {node.Start.Line}";
        var when = entries.TryGetValue("when", out var whenNode) ? Condition(yaml, whenNode) : new([], [], [], null, null);
        return new(name, (int)node.Start.Line, when, [.. yaml.Sequence(turns, "'turns'").Children.Select(turn => Turn(yaml, turn))]);
    }

    private static RecordedCondition Condition(YamlSource yaml, YamlNode node)
    {
        var entries = yaml.Entries(node, "'when'", "tools", "text", "not_text", "last", "since");
        IReadOnlyList<string> Texts(string key) => !entries.TryGetValue(key, out var value) ? []
            : value is YamlScalarNode ? [yaml.Text(value, $"'{key}'")] : yaml.Texts(value, $"'{key}'");
        string? One(string key) => entries.TryGetValue(key, out var value) ? yaml.Text(value, $"'{key}'") : null;
        return new(Texts("tools"), Texts("text"), Texts("not_text"), One("last"), One("since"));
    }

    private static CompletionAnswer Turn(YamlSource yaml, YamlNode node)
    {
        var entries = yaml.Entries(node, "a turn", "text", "reasoning", "tool_calls", "usage", "latency");
        var calls = entries.TryGetValue("tool_calls", out var callNodes)
            ? yaml.Sequence(callNodes, "'tool_calls'").Children.Select(call => ToolCall(yaml, call)).ToList() : [];
        var text = entries.TryGetValue("text", out var textNode) ? yaml.Text(textNode, "'text'").TrimEnd('\n') : "";
        if (calls.Count == 0 && text.Length == 0) throw yaml.Error(node, "the turn needs 'text:' or 'tool_calls:'.");
        var usage = entries.TryGetValue("usage", out var usageNode) ? yaml.Entries(usageNode, "'usage'", "input", "cached", "output") : [];
        long? Tokens(string key) => usage.TryGetValue(key, out var value) ? (long)yaml.Number(value, $"'{key}'") : null;
        return new(text, entries.TryGetValue("reasoning", out var reasoning) ? yaml.Text(reasoning, "'reasoning'").TrimEnd('\n') : null, calls)
        {
            InputTokens = Tokens("input"),
            CachedInputTokens = Tokens("cached"),
            OutputTokens = Tokens("output"),
            Latency = entries.TryGetValue("latency", out var latency) ? TimeSpan.FromSeconds((double)yaml.Number(latency, "'latency'")) : TimeSpan.Zero,
            PieceLength = PieceLength,
        };
    }

    private static CompletionToolCall ToolCall(YamlSource yaml, YamlNode node) =>
        yaml.Mapping(node, "a tool call").Children.ToList() is [var (name, arguments)]
            ? new(yaml.Text(name, "a tool's name"), Json(yaml, yaml.Mapping(arguments, "a tool's arguments"))!.ToJsonString(Readable))
            : throw yaml.Error(node, "a tool call is one line 'tool: { arguments }'.");

    private static readonly System.Text.Json.JsonSerializerOptions Readable =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static JsonNode? Json(YamlSource yaml, YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(c => KeyValuePair.Create(yaml.Text(c.Key, "a key"), Json(yaml, c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(c => Json(yaml, c))]),
        YamlScalarNode { Style: ScalarStyle.Plain } plain => plain.Value switch
        {
            null or "" or "null" or "~" => null,
            "true" => true,
            "false" => false,
            var v when long.TryParse(v, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
            var v when decimal.TryParse(v, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            var v => v,
        },
        YamlScalarNode scalar => scalar.Value,
        _ => throw yaml.Error(node, "this is not a value."),
    };
}
