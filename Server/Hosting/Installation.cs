using AgentOS.Kernel;

namespace AgentOS.Server.Hosting;

/// <summary>The folder that AgentOS was installed in: config/, Workflows/, node_modules/ and the sources.</summary>
internal sealed record Installation(string Path)
{
    public string Workflows => System.IO.Path.Combine(Path, "Workflows");

    /// <summary>What the launcher says (AGENTOS_INSTALLATION), else the nearest folder above the program that has a config/llm.yaml.</summary>
    public static Installation Find()
    {
        if (Environment.GetEnvironmentVariable("AGENTOS_INSTALLATION") is { Length: > 0 } told && Directory.Exists(told)) return new(told);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "config", "llm.yaml"))) return new(folder.FullName);
        throw new AgentOSException($"The installation of AgentOS was not found above {AppContext.BaseDirectory}. Start it with its launcher (./agentos), or set AGENTOS_INSTALLATION.");
    }

    /// <summary>The owner's llm.yaml wins over the installation's.</summary>
    public IReadOnlyList<string> ModelFiles(DataFolder data) => [data.LlmFile, System.IO.Path.Combine(Path, "config", "llm.yaml")];
}
