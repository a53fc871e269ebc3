using AgentOS.Activities.Coding.Tools;

namespace AgentOS.Activities.Shell;

/// <summary>
/// The dependencies of a repository as its setup left them: caches of package managers, folders such as
/// <c>node_modules</c> that are shown read-only in the workspace, and small ignored files that are copied into it.
/// </summary>
/// <param name="Path">A complete layer; never changed again.</param>
public sealed record DependencyLayer(string Path)
{
    internal const string CachePath = "/cache";

    // Where tools insist on writing within folders that are read-only.
    private static readonly string[] WrittenByTools = [".cache", ".vite"];

    internal string CacheFolder => System.IO.Path.Combine(Path, "cache");
    internal string MountedFolder => System.IO.Path.Combine(Path, "mounted");
    internal string CopiedFolder => System.IO.Path.Combine(Path, "copied");

    /// <summary>For every command of the repository after its setup.</summary>
    public IReadOnlyList<SandboxMount> Mounts =>
    [
        new(CacheFolder, CachePath),
        .. Mounted(MountedFolder, "").SelectMany(relative => (SandboxMount[])
        [
            new(System.IO.Path.Combine(MountedFolder, relative), $"{Sandbox.WorkspacePath}/{relative}"),
            .. WrittenByTools
                .Where(name => Directory.Exists(System.IO.Path.Combine(MountedFolder, relative, name)))
                .Select(name => SandboxMount.Scratch($"{Sandbox.WorkspacePath}/{relative}/{name}")),
        ]),
    ];

    /// <summary>Leads package managers to the cache, and keeps them from a network that is not there.</summary>
    public static IReadOnlyDictionary<string, string> Environment(bool hasNetwork, string cache = CachePath)
    {
        var variables = new Dictionary<string, string>
        {
            ["NUGET_PACKAGES"] = $"{cache}/nuget", ["npm_config_cache"] = $"{cache}/npm", ["npm_config_store_dir"] = $"{cache}/pnpm",
            ["YARN_CACHE_FOLDER"] = $"{cache}/yarn", ["PIP_CACHE_DIR"] = $"{cache}/pip", ["UV_CACHE_DIR"] = $"{cache}/uv",
            ["POETRY_CACHE_DIR"] = $"{cache}/poetry", ["CARGO_HOME"] = $"{cache}/cargo", ["GOMODCACHE"] = $"{cache}/go",
            ["GOCACHE"] = "/tmp/go-build", ["COMPOSER_CACHE_DIR"] = $"{cache}/composer", ["MAVEN_ARGS"] = $"-Dmaven.repo.local={cache}/maven",
            ["npm_config_logs_max"] = "0",
        };
        if (hasNetwork)
            return variables;
        variables["CARGO_NET_OFFLINE"] = "true";
        variables["GOPROXY"] = "off";
        variables["npm_config_offline"] = "true";
        variables["PIP_NO_INDEX"] = "1";
        variables["NUGET_ENHANCED_MAX_NETWORK_TRY_COUNT"] = "1";
        return variables;
    }

    /// <summary>Copies the small ignored files into a workspace; what is there already stays.</summary>
    public void CopyInto(string workspace)
    {
        if (!Directory.Exists(CopiedFolder))
            return;
        // What an agent or a change wrote there, links too, must not lead the copies to another place of the machine.
        var files = new WorkspaceFiles(workspace);
        foreach (var file in Directory.EnumerateFiles(CopiedFolder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            files.AddCopy(System.IO.Path.GetRelativePath(CopiedFolder, file), new(file));
        }
    }

    internal static void MakeRoomForTools(string mounted)
    {
        foreach (var name in WrittenByTools)
            Directory.CreateDirectory(System.IO.Path.Combine(mounted, name));
    }

    private static IEnumerable<string> Mounted(string folder, string relative)
    {
        foreach (var inner in Directory.Exists(folder) ? Directory.GetDirectories(folder) : [])
        {
            var path = System.IO.Path.Combine(relative, System.IO.Path.GetFileName(inner));
            if (DependencyFolders.IsMounted(path))
                yield return path;
            else
                foreach (var deeper in Mounted(inner, path))
                    yield return deeper;
        }
    }
}
