using System.Text.Json;

namespace AgentOS.Engine.Tests.Api;

/// <summary>Compares an answer with a recorded one: every member that was recorded is there, of the same kind, and says the same where that is not each server's own.</summary>
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
                if (answer.TryGetProperty(member.Name, out var value)) CompareMember(path, member, value, found);
                else if (member.Value.ValueKind != JsonValueKind.Null && !IsOfTheEnd(member.Name, recorded, answer)) found.Add($"{path}.{member.Name}: missing");
        }
        else if (recorded.ValueKind == JsonValueKind.Array && recorded.GetArrayLength() > 0)
        {
            if (answer.GetArrayLength() == 0)
            {
                // Which ids are named depends on what there is.
                if (recorded[0].ValueKind != JsonValueKind.String) found.Add($"{path}: empty");
            }
            // One element stands for all: lists are as long as there is data.
            else Compare($"{path}[0]", recorded[0], Alike(recorded[0], answer), found);
        }
    }

    private static void CompareMember(string path, JsonProperty recorded, JsonElement answer, List<string> found)
    {
        // What a definition holds is its author's; that it comes back as it was sent has a test of its own.
        if (recorded.NameEquals("root") || recorded.NameEquals("activity"))
        {
            if (answer.ValueKind != recorded.Value.ValueKind) found.Add($"{path}.{recorded.Name}: {recorded.Value.ValueKind} was recorded, not {answer.ValueKind}");
            return;
        }
        if (!OfTheServer.Contains(recorded.Name) && recorded.Value.ValueKind == answer.ValueKind && recorded.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array) && !JsonElement.DeepEquals(recorded.Value, answer))
            found.Add($"{path}.{recorded.Name}: {recorded.Value} was recorded, not {answer}");
        Compare($"{path}.{recorded.Name}", recorded.Value, answer, found);
    }

    // Members whose value is each server's own: ids, times, what else there is on it and how far that has come, and texts for people. All others say what was recorded.
    private static readonly HashSet<string> OfTheServer =
    [
        "id", "definitionId", "definitionVersionId", "workflowInstanceId", "workflowDefinitionVersionId", "activityExecutionId", "activityInstanceId", "parentActivityInstanceId", "ownerInstanceId", "parentContextId",
        "schedulingActivityExecutionId", "taskId", "TaskId", "hash", "generationId", "href",
        "createdAt", "updatedAt", "startedAt", "finishedAt", "completedAt", "timestamp", "resumeAt",
        "version", "workflowVersion", "definitionVersion", "isLatest", "isPublished", "isUnique", "name", "status", "subStatus", "incidentCount", "count", "totalCount", "deleted", "cancelled", "executionLogSequence",
        "activeExecutionCycleCount",
        "description", "stackTrace", "stringData", "storageDriverTypeName",
    ];

    private static bool IsOfTheEnd(string member, JsonElement recorded, JsonElement answer) =>
        member is "finishedAt" or "completedAt" or "exception" && recorded.TryGetProperty("status", out var status) && answer.TryGetProperty("status", out var other) && status.GetString() != other.GetString();

    private static JsonElement Alike(JsonElement recorded, JsonElement answers)
    {
        foreach (var name in (string[])["activityNodeId", "scheduledActivityNodeId", "subStatus", "typeName", "fullName", "type", "name"])
            if (recorded.ValueKind == JsonValueKind.Object && recorded.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
                foreach (var answer in answers.EnumerateArray())
                    if (answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty(name, out var same) && same.ValueKind == JsonValueKind.String && same.GetString() == value.GetString()) return answer;
        return answers[0];
    }

    private static JsonValueKind Kind(JsonElement element) => element.ValueKind == JsonValueKind.False ? JsonValueKind.True : element.ValueKind;
}
