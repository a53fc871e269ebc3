namespace AgentOS.Studio;

/// <summary>Where the pages find what npm brings.</summary>
public sealed class StudioOptions
{
    /// <summary>A folder: <c>node_modules</c> is looked for in it and in those above it.</summary>
    public string Installation { get; set; } = Environment.GetEnvironmentVariable("AGENTOS_INSTALLATION") ?? AppContext.BaseDirectory;
}
