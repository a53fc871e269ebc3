using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AgentOS.Engine.Tests.Semantics.Corpus;

/// <summary>The paths of the cases: <c>a.b.0.c</c> and <c>items[key=value&amp;key=value].x</c>.</summary>
internal static partial class CasePath
{
    public static bool TryFind(JsonNode? node, string path, out JsonNode? found)
    {
        found = node;
        foreach (var part in Parts().Matches(path).Select(match => match.Value))
        {
            if (part[0] == '[') found = Where(found, part[1..^1]);
            else if (found is JsonArray list && int.TryParse(part, out var index) && index < list.Count) found = list[index];
            else if (found is not JsonObject map || !map.TryGetPropertyValue(part, out found)) return false;
            if (found is null && part[0] == '[') return false;
        }
        return true;
    }

    private static JsonNode? Where(JsonNode? list, string condition)
    {
        var wanted = condition.Split('&').Select(each => each.Split('=', 2)).ToList();
        return (list as JsonArray)?.FirstOrDefault(item => item is JsonObject map && wanted.All(each => map[each[0]]?.ToString() == each[1]));
    }

    [GeneratedRegex(@"[^.\[\]]+|\[[^\]]*\]")]
    private static partial Regex Parts();
}
