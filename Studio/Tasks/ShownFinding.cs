using System.Text.Json;

namespace AgentOS.Studio.Tasks;

/// <summary>What a judge found, as it stands in a verdict's evidence.</summary>
internal sealed record ShownFinding(string? File, int? Line, string Message, string? Severity)
{
    /// <summary>Of a JSON array; what is no finding is left out.</summary>
    public static IReadOnlyList<ShownFinding> Of(JsonElement findings) => findings.ValueKind != JsonValueKind.Array ? [] :
    [
        .. findings.EnumerateArray().Where(one => TranscriptItem.Field(one, "message") is not null).Select(one => new ShownFinding(
            TranscriptItem.Field(one, "file"), one.TryGetProperty("line", out var line) && line.ValueKind == JsonValueKind.Number && line.TryGetInt32(out var number) ? number : null,
            TranscriptItem.Field(one, "message")!, TranscriptItem.Field(one, "severity"))),
    ];
}
