using Microsoft.Extensions.Logging;

namespace AgentOS.Activities.Models;

/// <summary>
/// The configuration in force. The first of <paramref name="candidates"/> that exists is read (the data folder's llm.yaml, then the
/// installation's config/llm.yaml), and read again when it changes. A change that cannot be read is logged, and the last good one stays.
/// </summary>
public sealed class ModelConfigurationFile(
    IReadOnlyList<string> candidates, Func<string, string?>? environment = null, ILogger<ModelConfigurationFile>? logger = null)
{
    private readonly Lock _lock = new();
    private (string Path, DateTime Written, long Length) _seen;
    private ModelConfiguration? _current;
    private ModelConfigurationException? _problem;

    /// <exception cref="ModelConfigurationException">There is no file, or it never could be read.</exception>
    public ModelConfiguration Current
    {
        get
        {
            lock (_lock)
            {
                Refresh();
                return _current ?? throw _problem!;
            }
        }
    }

    /// <summary>Why the file as it is now is not in force; null when it is.</summary>
    public string? Problem
    {
        get
        {
            lock (_lock)
            {
                Refresh();
                return _problem?.Message;
            }
        }
    }

    // A look at the file's date costs microseconds and misses nothing, which cannot be said of file watchers on every file system.
    private void Refresh()
    {
        if (candidates.Select(path => new FileInfo(path)).FirstOrDefault(f => f.Exists) is not { } file)
        {
            _seen = default;
            _problem = new(candidates[0], null, $"there is no model configuration. Copy config/llm.yaml of the installation there. Looked for: {string.Join(", ", candidates)}.");
            return;
        }
        var stamp = (file.FullName, file.LastWriteTimeUtc, file.Length);
        if (stamp == _seen) return;
        try
        {
            _current = ModelConfigurationReader.Read(File.ReadAllText(file.FullName), file.FullName, environment ?? Environment.GetEnvironmentVariable);
            _problem = null;
        }
        catch (Exception error) when (error is ModelConfigurationException or IOException or UnauthorizedAccessException)
        {
            _problem = error as ModelConfigurationException ?? new(file.FullName, null, $"the file cannot be read: {error.Message}");
            if (_current is not null) logger?.LogWarning("{Problem} The configuration read before stays in force.", _problem.Message);
        }
        _seen = stamp;
    }
}
