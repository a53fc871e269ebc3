using System.Text.Json;
using AgentOS.Kernel;

namespace AgentOS.Server.Cli.Workflows;

/// <summary>A mistake in a definition.</summary>
/// <param name="Activity">The id of the activity; null: the definition as a whole.</param>
/// <param name="Message">What is wrong.</param>
internal sealed record WorkflowMistake(string? Activity, string Message);

/// <summary>A definition in a file, or what keeps it from being read.</summary>
internal sealed record WorkflowFile(string Path, JsonElement Definition, string? Mistake)
{
    private const int MaxDepth = 128;
    private const long LargestFile = 16 << 20;

    /// <summary>The definition's id; one that has none is known by its file's name.</summary>
    public string Id => Text("definitionId") ?? System.IO.Path.GetFileNameWithoutExtension(Path);

    public string? Text(string name) => Definition.ValueKind == JsonValueKind.Object && Definition.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>The files that are meant: each one, and the .json files in each folder and below it.</summary>
    /// <exception cref="AgentOSException">There is no such file, or none in a folder.</exception>
    public static IReadOnlyList<WorkflowFile> Read(IEnumerable<string> paths) => [.. paths.SelectMany(Find).Distinct().Select(Read)];

    private static IEnumerable<string> Find(string path)
    {
        if (File.Exists(path)) return [path];
        if (!Directory.Exists(path)) throw new AgentOSException($"There is no file or folder '{path}'.");
        var files = Directory.GetFiles(path, "*.json", SearchOption.AllDirectories);
        return files.Length > 0 ? files.Order(StringComparer.Ordinal) : throw new AgentOSException($"The folder '{path}' holds no .json file.");
    }

    private static WorkflowFile Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > LargestFile) return new(path, default, $"It is larger than {LargestFile >> 20} MB.");
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new() { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var json = document.RootElement.Clone();
            // As it is sent to the API, with the definition inside.
            if (json.ValueKind == JsonValueKind.Object && !json.TryGetProperty("root", out _) && json.TryGetProperty("model", out var model)) json = model;
            return new(path, json, null);
        }
        catch (JsonException broken)
        {
            return new(path, default, $"It is no JSON: {broken.Message}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new(path, default, $"It cannot be read: {unreadable.Message}");
        }
    }
}
