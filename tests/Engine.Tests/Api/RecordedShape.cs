using System.Text.Json;

namespace AgentOS.Engine.Tests.Api;

/// <summary>Compares an answer with a recorded one: every member that was recorded is there, of the same kind.</summary>
internal static class RecordedShape
{
    public static IReadOnlyList<string> Differences(JsonElement recorded, JsonElement answer)
    {
        var found = new List<string>();
        Compare("$", recorded, answer, found);
        return found;
    }

    private static void Compare(string path, JsonElement recorded, JsonElement answer, List<string> found)
    {
        if (recorded.ValueKind == JsonValueKind.Null) return;
        if (Kind(recorded) != Kind(answer))
        {
            found.Add($"{path}: {recorded.ValueKind} was recorded, not {answer.ValueKind}");
            return;
        }

        if (recorded.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in recorded.EnumerateObject())
                if (answer.TryGetProperty(member.Name, out var value)) Compare($"{path}.{member.Name}", member.Value, value, found);
                else if (member.Value.ValueKind != JsonValueKind.Null) found.Add($"{path}.{member.Name}: missing");
        }
        else if (recorded.ValueKind == JsonValueKind.Array && recorded.GetArrayLength() > 0)
        {
            if (answer.GetArrayLength() == 0) found.Add($"{path}: empty");
            // One element stands for all: lists are as long as there is data.
            else Compare($"{path}[0]", recorded[0], Alike(recorded[0], answer), found);
        }
    }

    private static JsonElement Alike(JsonElement recorded, JsonElement answers)
    {
        foreach (var name in (string[])["typeName", "fullName", "type", "name"])
            if (recorded.ValueKind == JsonValueKind.Object && recorded.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
                foreach (var answer in answers.EnumerateArray())
                    if (answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty(name, out var same) && same.ValueKind == JsonValueKind.String && same.GetString() == value.GetString()) return answer;
        return answers[0];
    }

    private static JsonValueKind Kind(JsonElement element) => element.ValueKind == JsonValueKind.False ? JsonValueKind.True : element.ValueKind;
}
