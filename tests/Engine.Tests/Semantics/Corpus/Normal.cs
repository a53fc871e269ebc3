using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AgentOS.Engine.Tests.Semantics.Corpus;

/// <summary>Takes out of values what is different in every run: ids, times, addresses.</summary>
/// <param name="instances">Ids of instances and the names that the cases have for them: the number of the instance behind its definition.</param>
internal sealed partial class Normal(IReadOnlyDictionary<string, string> instances)
{
    public string Of(string text)
    {
        foreach (var (id, name) in instances) text = text.Replace(id, $"<{name}>", StringComparison.Ordinal);
        return Host().Replace(Id().Replace(Guids().Replace(Time().Replace(text, "<time>"), "<guid>"), "<id>"), "<base>");
    }

    public JsonNode? Of(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Select(member => KeyValuePair.Create(Of(member.Key), Of(member.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Of)]),
        JsonValue value when value.TryGetValue<string>(out var text) => JsonValue.Create(Of(text)),
        _ => node?.DeepClone()
    };

    /// <summary>The first line of a message, up to JSON in it; normalised before it is cut, for ids vary in length.</summary>
    public string Line(string? message, int length)
    {
        var line = Of((message ?? "").Split('\n')[0].Split("{\"")[0]);
        return line.Length > length ? line[..length] : line;
    }

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)?")]
    private static partial Regex Time();

    [GeneratedRegex(@"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", RegexOptions.IgnoreCase)]
    private static partial Regex Guids();

    [GeneratedRegex(@"\b(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{12,16}\b")]
    private static partial Regex Id();

    [GeneratedRegex(@"https?://(127\.0\.0\.1|localhost)(:\d+)?")]
    private static partial Regex Host();
}
