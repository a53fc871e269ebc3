namespace AgentOS.Activities.Shell;

/// <summary>
/// Compilers and runtimes that the server finds on its own PATH outside the system folders (version managers, installs
/// in a home). Only the folder of the installation is shown, never the home around it.
/// </summary>
internal sealed record Toolchains(IReadOnlyList<string> Folders, IReadOnlyList<string> PathEntries, IReadOnlyDictionary<string, string> Environment)
{
    private static readonly string[] Programs =
    [
        "dotnet", "node", "npm", "bun", "deno", "yarn", "pnpm", "python3", "pytest", "uv", "cargo", "rustc", "go", "java",
        "mvn", "gradle", "ruby", "bundle", "php", "composer", "make", "cmake", "gcc", "clang", "zig", "elixir", "swift",
    ];

    private static readonly string[] SystemFolders = ["/usr/", "/bin/", "/sbin/", "/lib/", "/lib64/", "/nix/store/"];

    // Folders that hold an installation and nothing else of its user.
    private static readonly string[] InstallationsInHome = [".pyenv", ".bun", ".deno", ".rbenv", ".asdf", ".volta"];

    private static readonly Lazy<Toolchains> Found = new(() => Detect(
        System.Environment.GetEnvironmentVariable("PATH") ?? "",
        System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile)));

    public static Toolchains OnThisMachine => Found.Value;

    internal static Toolchains Detect(string path, string home)
    {
        var folders = new SortedSet<string>(StringComparer.Ordinal);
        var entries = new List<string>();
        var environment = new Dictionary<string, string>();
        var searched = path.Split(':', StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathRooted).ToArray();
        foreach (var program in Programs)
        {
            if (searched.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists) is not { } found)
                continue;
            var real = File.ResolveLinkTarget(found, returnFinalTarget: true)?.FullName ?? found;
            var entry = Path.GetDirectoryName(found)!;
            if (IsSystem(found) && IsSystem(real))
                continue;
            if (!IsSystem(real))
                folders.Add(InstallationOf(real, home));
            if (!IsSystem(found))
            {
                folders.Add(InstallationOf(found, home));
                if (!entries.Contains(entry))
                    entries.Add(entry);
            }
            if (program is "dotnet" && !IsSystem(real))
                environment["DOTNET_ROOT"] = Path.GetDirectoryName(real)!;
            // rustup keeps the compilers beside cargo's folder, which itself may hold a registry token.
            var rustup = System.Environment.GetEnvironmentVariable("RUSTUP_HOME") ?? Path.Combine(home, ".rustup");
            if (program is "cargo" && Directory.Exists(rustup))
            {
                folders.Add(rustup);
                environment["RUSTUP_HOME"] = rustup;
            }
        }
        folders.RemoveWhere(inner => folders.Any(outer => inner != outer && inner.StartsWith(outer + "/", StringComparison.Ordinal)));
        return new([.. folders], entries, environment);
    }

    private static bool IsSystem(string path) => SystemFolders.Any(folder => path.StartsWith(folder, StringComparison.Ordinal));

    private static string InstallationOf(string file, string home)
    {
        var folder = Path.GetDirectoryName(file)!;
        foreach (var name in InstallationsInHome.Select(name => Path.Combine(home, name)))
        {
            if (folder.StartsWith(name + "/", StringComparison.Ordinal))
                return name;
        }
        if (Path.GetFileName(folder) is not ("bin" or "shims"))
            return folder == home ? file : folder;
        var parent = Path.GetDirectoryName(folder)!;
        // ~/bin, ~/.local/bin, ~/.cargo/bin, /opt/bin: what is around them belongs to somebody.
        return parent == home || Path.GetDirectoryName(parent) is var above && (above == home || above == "/") ? folder : parent;
    }
}
