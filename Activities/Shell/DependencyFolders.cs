namespace AgentOS.Activities.Shell;

/// <summary>Sorts what a setup left in the workspace.</summary>
internal static class DependencyFolders
{
    private const long LargestCopy = 64 << 20;

    // Large, and only read after their installation.
    private static readonly HashSet<string> ReadOnly = ["node_modules", ".venv", "venv", ".bundle", ".yarn", "bower_components"];

    public static bool IsMounted(string path) => ReadOnly.Contains(Path.GetFileName(path)) || path.EndsWith("vendor/bundle", StringComparison.Ordinal);

    /// <summary>Moves the ignored paths of a workspace into a layer; what is large and not known to be read-only is left out.</summary>
    public static void Collect(string workspace, IEnumerable<string> ignored, DependencyLayer layer)
    {
        var copied = 0L;
        foreach (var path in ignored.Select(path => path.TrimEnd('/')).SelectMany(path => Split(workspace, path)))
        {
            // The setup wrote it: a link would be resolved on the machine, where it may lead anywhere.
            if (IsBehindLink(workspace, path))
                continue;
            var source = Path.Combine(workspace, path);
            if (IsMounted(path) && Directory.Exists(source))
            {
                Move(source, Path.Combine(layer.MountedFolder, path));
                DependencyLayer.MakeRoomForTools(Path.Combine(layer.MountedFolder, path));
            }
            else if (Size(source) is var size && copied + size <= LargestCopy)
            {
                copied += size;
                Move(source, Path.Combine(layer.CopiedFolder, path));
            }
        }
    }

    private static bool IsBehindLink(string workspace, string path)
    {
        for (var part = path; part is not ("" or null); part = Path.GetDirectoryName(part))
            if (new FileInfo(Path.Combine(workspace, part)).LinkTarget is not null)
                return true;
        return false;
    }

    // vendor/ as a whole is ignored, vendor/bundle is what to mount.
    private static IEnumerable<string> Split(string workspace, string path) =>
        Path.GetFileName(path) is "vendor" && Directory.Exists(Path.Combine(workspace, path, "bundle")) ? [$"{path}/bundle", path] : [path];

    private static void Move(string source, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (Directory.Exists(source))
            Directory.Move(source, target);
        else if (File.Exists(source))
            File.Move(source, target);
    }

    private static long Size(string path) => Directory.Exists(path)
        ? new DirectoryInfo(path).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }).Sum(file => file.Length)
        : File.Exists(path) ? new FileInfo(path).Length : 0;
}
