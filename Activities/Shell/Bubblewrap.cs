namespace AgentOS.Activities.Shell;

/// <summary>Turns a command into the arguments of bubblewrap. Pure but for looking whether files exist.</summary>
internal static class Bubblewrap
{
    // /bin/sh, because file descriptors above 2 can be passed on in no other way: 3 reports the state of the sandbox, 7 that its command begins,
    // 4 to 6 are files of /etc that name nobody of this machine. Standard error joins standard output in order.
    private const string Launcher =
        """
        exec 3>&2 7>&2 2>&1 4<<A 5<<B 6<<C
        agent:x:1000:1000:agent:/tmp/home:/bin/sh
        A
        agent:x:1000:
        B
        127.0.0.1 localhost agentos
        ::1 localhost
        C
        exec "$@"
        """;

    // The last thing before the command, which cannot say it again: 7 is closed for it.
    private static readonly string[] Beginning = ["/bin/sh", "-c", """echo '{ "begun": 1 }' >&7; exec "$@" 7>&-""", "command"];

    public static IEnumerable<string> Arguments(SandboxCommand command, string bubblewrap, Toolchains tools) =>
    [
        "-c", Launcher, "sandbox", bubblewrap, "--json-status-fd", "3",
        "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
        "--uid", "1000", "--gid", "1000", "--hostname", "agentos",
        .. command.HasNetwork ? (string[])["--share-net"] : [],
        .. SystemView.Arguments,
        "--ro-bind-data", "4", "/etc/passwd", "--ro-bind-data", "5", "/etc/group",
        .. NetworkFiles(command.HasNetwork),
        "--proc", "/proc", "--dev", "/dev",
        "--size", Bytes(command.Policy.Limits.Memory / 4), "--tmpfs", "/dev/shm", "--remount-ro", "/dev",
        "--size", Bytes(command.Policy.Limits.Disk), "--tmpfs", "/tmp", "--dir", "/tmp/home",
        "--dir", "/var", "--symlink", "/tmp", "/var/tmp",
        .. tools.Folders.SelectMany(folder => Bind(new(folder, folder))),
        .. tools.Folders.Select(folder => $"{folder}/corefx").Where(Directory.Exists).SelectMany(keys => (string[])["--tmpfs", keys]),
        .. command.Policy.ReadOnlyPaths.SelectMany(path => Bind(OwnersPath(path, writable: false))),
        .. command.Policy.WritablePaths.SelectMany(path => Bind(OwnersPath(path, writable: true))),
        .. Bind(new(command.Workspace, Sandbox.WorkspacePath, command.WorkspaceWritable)),
        .. command.Mounts.SelectMany(Bind),
        "--remount-ro", "/",
        "--chdir", Folder(Sandbox.WorkspacePath, command.Folder),
        "--", .. Beginning, .. Limits(command.Policy.Limits), .. ShellLine(command.Command),
    ];

    /// <summary>Without <c>prlimit</c> the watch still holds memory, processes and disk.</summary>
    public static IEnumerable<string> Limits(SandboxLimits limits)
    {
        if (!File.Exists("/usr/bin/prlimit"))
            return [];
        // Before 5.14 the kernel counts the processes of the user on the whole machine.
        var perSandbox = Environment.OSVersion.Version >= new Version(5, 14);
        return
        [
            "/usr/bin/prlimit", "--core=0", $"--fsize={limits.FileSize}", $"--data={limits.Memory}",
            .. perSandbox ? (string[])[$"--nproc={limits.Processes}"] : [],
        ];
    }

    public static IEnumerable<string> ShellLine(string command) =>
        [File.Exists("/bin/bash") ? "/bin/bash" : "/bin/sh", "-c", command];

    public static string Folder(string workspace, string folder)
    {
        var full = Path.GetFullPath(Path.Combine(workspace, folder));
        return full == workspace || full.StartsWith(workspace + "/", StringComparison.Ordinal)
            ? full
            : throw new SandboxException($"The folder '{folder}' is outside of the workspace. Give a folder inside it.");
    }

    private static string[] NetworkFiles(bool network) => network
        ? ["--ro-bind-try", "/etc/resolv.conf", "/etc/resolv.conf", "--ro-bind-try", "/etc/hosts", "/etc/hosts"]
        : ["--ro-bind-data", "6", "/etc/hosts"];

    private static SandboxMount OwnersPath(string path, bool writable)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (!Path.IsPathRooted(path) || full == "/")
            throw new SandboxException($"'{path}' cannot be shown to commands: give an absolute folder other than '/'.");
        return Path.Exists(full)
            ? new(full, full, writable)
            : throw new SandboxException($"The folder '{path}' of the sandbox settings does not exist. Create it or take it out of the settings.");
    }

    private static string[] Bind(SandboxMount mount) => mount.Source is ""
        ? ["--tmpfs", mount.Target]
        : [mount.Writable ? "--bind" : "--ro-bind", mount.Source, mount.Target];

    private static string Bytes(long bytes) => Math.Max(bytes, 1 << 20).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
