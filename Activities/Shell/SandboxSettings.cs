using System.Text.Json;
using System.Text.Json.Serialization;
using AgentOS.Kernel;

namespace AgentOS.Activities.Shell;

/// <summary>
/// A repository's settings as the owner gave them (<c>agentos repo set</c>), which become its <see cref="SandboxPolicy"/>:
/// <c>{"network": "none|setup|always", "folders": {"read": [], "write": []}, "environment": {},
/// "limits": {"time_seconds", "memory_mb", "processes", "file_mb", "disk_mb", "output_kb"}}</c>. What is left out keeps its default.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SandboxSettings
{
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    public NetworkAccess? Network { get; init; }
    public SandboxFolders? Folders { get; init; }
    public Dictionary<string, string>? Environment { get; init; }
    public SandboxLimitSettings? Limits { get; init; }

    /// <exception cref="SandboxSettingsException">A word that is not known, or a value that cannot be.</exception>
    public static SandboxSettings Read(JsonElement settings)
    {
        try
        {
            var read = settings.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? new() : settings.Deserialize<SandboxSettings>(Form) ?? new();
            read.Check();
            return read;
        }
        catch (JsonException error)
        {
            throw new SandboxSettingsException(
                $"The sandbox's settings cannot be read{(error.Path is { Length: > 2 } path ? $" at {path[2..]}" : "")}: {error.Message.Split(" Path:")[0]} " +
                "They are network (none, setup, always), folders (read, write), environment, limits (time_seconds, memory_mb, processes, file_mb, disk_mb, output_kb).", error);
        }
    }

    public string Write() => JsonSerializer.Serialize(this, Form);

    public SandboxPolicy ToPolicy()
    {
        var limits = SandboxPolicy.Default.Limits;
        return SandboxPolicy.Default with
        {
            Network = Network ?? SandboxPolicy.Default.Network,
            ReadOnlyPaths = Folders?.Read ?? [],
            WritablePaths = Folders?.Write ?? [],
            Environment = Environment ?? [],
            Limits = limits with
            {
                Time = Limits?.TimeSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : limits.Time,
                Memory = Limits?.MemoryMb is { } memory ? (long)memory << 20 : limits.Memory,
                Processes = Limits?.Processes ?? limits.Processes,
                FileSize = Limits?.FileMb is { } file ? (long)file << 20 : limits.FileSize,
                Disk = Limits?.DiskMb is { } disk ? (long)disk << 20 : limits.Disk,
                Output = Limits?.OutputKb is { } output ? output << 10 : limits.Output,
            },
        };
    }

    private void Check()
    {
        foreach (var folder in (Folders?.Read ?? []).Concat(Folders?.Write ?? []))
            if (!Path.IsPathFullyQualified(folder)) throw new SandboxSettingsException($"The folder '{folder}' is not a whole path. Give it from the root on.");
        foreach (var name in Environment?.Keys ?? Enumerable.Empty<string>())
            if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'))
                throw new SandboxSettingsException($"'{name}' is no name of an environment variable: letters, digits and '_' are.");
        foreach (var (name, value, most) in (IEnumerable<(string, int?, int)>)[
            ("time_seconds", Limits?.TimeSeconds, 86_400), ("memory_mb", Limits?.MemoryMb, 1 << 20), ("processes", Limits?.Processes, 100_000),
            ("file_mb", Limits?.FileMb, 1 << 20), ("disk_mb", Limits?.DiskMb, 1 << 24), ("output_kb", Limits?.OutputKb, 1 << 16)])
            if (value < 1 || value > most) throw new SandboxSettingsException($"The limit {name} is {value}. It takes 1 to {most}.");
    }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SandboxFolders(string[]? Read, string[]? Write);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SandboxLimitSettings(int? TimeSeconds, int? MemoryMb, int? Processes, int? FileMb, int? DiskMb, int? OutputKb);

/// <summary>The owner's settings of a sandbox cannot be used.</summary>
public sealed class SandboxSettingsException : AgentOSException
{
    public SandboxSettingsException(string message) : base(message) { }

    public SandboxSettingsException(string message, Exception inner) : base(message, inner) { }
}
