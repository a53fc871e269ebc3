using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentOS.Engine.Tests.Api;

/// <summary>What Studio, or a plain client, sent to the recorded server, and what that answered. Long lists are cut, repetitions left out.</summary>
public sealed record RecordedRequest(string Method, string Path, string? Query, JsonNode? Body, int Status, string? ContentType, string[]? Headers, JsonNode? Response)
{
    private static readonly string Folder = System.IO.Path.Combine(AppContext.BaseDirectory, "Api", "Recordings", "Requests");
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static IReadOnlyList<string> Scenarios { get; } = [.. Directory.GetFiles(Folder, "*.json").Select(System.IO.Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal)];

    public static IReadOnlyList<RecordedRequest> Read(string scenario) => JsonSerializer.Deserialize<List<RecordedRequest>>(File.ReadAllText(System.IO.Path.Combine(Folder, scenario + ".json")), Options)!;
}
