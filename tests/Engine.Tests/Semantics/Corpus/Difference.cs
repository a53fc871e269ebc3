using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentOS.Engine.Tests.Semantics.Corpus;

/// <summary>Where two observations differ, as lines for people.</summary>
internal static class Difference
{
    private const int Longest = 400;

    public static IReadOnlyList<string> Between(JsonNode? want, JsonNode? got)
    {
        var lines = new List<string>();
        Compare(want, got, "", lines);
        return lines;
    }

    private static void Compare(JsonNode? want, JsonNode? got, string path, List<string> lines)
    {
        switch (want, got)
        {
            case (JsonObject a, JsonObject b):
                foreach (var (name, value) in a)
                    if (b.TryGetPropertyValue(name, out var other)) Compare(value, other, $"{path}.{name}", lines);
                    else lines.Add($"{path}.{name}: want {Short(value)}, it is absent");
                foreach (var (name, value) in b)
                    if (!a.ContainsKey(name)) lines.Add($"{path}.{name}: got {Short(value)}, it should be absent");
                break;
            case (JsonArray a, JsonArray b) when path.EndsWith(".journal", StringComparison.Ordinal):
                if (!JsonNode.DeepEquals(a, b)) lines.Add($"{path}:{string.Concat(Lines(Events(a), Events(b)))}");
                break;
            case (JsonArray a, JsonArray b) when a.Count == b.Count:
                for (var i = 0; i < a.Count; i++) Compare(a[i], b[i], $"{path}[{(a[i] as JsonObject)?["activityId"] ?? i}]", lines);
                break;
            default:
                if (!Same(want, got)) lines.Add($"{path}: want {Short(want)}, got {Short(got)}");
                break;
        }
    }

    private static bool Same(JsonNode? want, JsonNode? got) =>
        want?.GetValueKind() == JsonValueKind.Number && got?.GetValueKind() == JsonValueKind.Number ? Number(want) == Number(got) : JsonNode.DeepEquals(want, got);

    private static double Number(JsonNode node) => double.Parse(node.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);

    private static string Short(JsonNode? node) => node?.ToJsonString() is not { } text ? "null" : text.Length > Longest ? text[..Longest] + "…" : text;

    private static List<string> Events(JsonArray journal) => [.. journal.Select(each => $"{each![0]} {each[1]}")];

    // The longest common subsequence, so that one event too many does not shift all that follow.
    private static IEnumerable<string> Lines(List<string> want, List<string> got)
    {
        var common = new int[want.Count + 1, got.Count + 1];
        for (var a = want.Count - 1; a >= 0; a--)
            for (var b = got.Count - 1; b >= 0; b--)
                common[a, b] = want[a] == got[b] ? common[a + 1, b + 1] + 1 : Math.Max(common[a + 1, b], common[a, b + 1]);
        var (left, right) = (0, 0);
        while (left < want.Count || right < got.Count)
            if (left < want.Count && right < got.Count && want[left] == got[right])
            {
                yield return $"\n    {want[left]}";
                (left, right) = (left + 1, right + 1);
            }
            else if (right >= got.Count || (left < want.Count && common[left + 1, right] >= common[left, right + 1])) yield return $"\n  - {want[left++]}";
            else yield return $"\n  + {got[right++]}";
    }
}
