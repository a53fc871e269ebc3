using System.Globalization;
using System.Runtime.InteropServices;

namespace AgentOS.Server.Hosting.Postgres;

/// <summary>
/// The user that PostgreSQL runs as. PostgreSQL refuses to run as root, so root hands it to a user that owns nothing else:
/// <c>agentos</c>, made when it does not exist, or <c>nobody</c> where no user can be made.
/// </summary>
internal sealed partial record PostgresAccount(string? Name, uint UserId, uint GroupId)
{
    public static readonly PostgresAccount Self = new(null, 0, 0);

    /// <summary>True when PostgreSQL runs as another user than this process.</summary>
    public bool IsOther => Name is not null;

    public static async Task<PostgresAccount> ChooseAsync(CancellationToken cancellation)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess) return Self;
        foreach (var name in (string[])["agentos", "nobody"])
        {
            if (await FindAsync(name, cancellation) is { } account) return account;
            if (name != "agentos" || !CommandLine.Exists("useradd")) continue;
            await CommandLine.RunAsync(["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent",
                "--shell", "/usr/sbin/nologin", "--user-group", name], cancellation);
            if (await FindAsync(name, cancellation) is { } made) return made;
        }

        throw new PostgresUnavailableException(
            "PostgreSQL does not run as root, and no unprivileged user could be found or made. " +
            "Make one with 'useradd --system agentos', run agentos as another user, or set ConnectionStrings__AgentOS.");
    }

    /// <summary>The command that runs <paramref name="command"/> as this user.</summary>
    public string[] Wrap(params string[] command)
    {
        if (!IsOther) return command;
        if (CommandLine.Exists("setpriv"))
            return ["setpriv", $"--reuid={UserId}", $"--regid={GroupId}", "--clear-groups", .. command];
        if (CommandLine.Exists("runuser"))
            return ["runuser", "-u", Name!, "--", .. command];
        throw new PostgresUnavailableException(
            "Running PostgreSQL as another user needs 'setpriv' or 'runuser' (package util-linux). " +
            "Install it, run agentos as another user than root, or set ConnectionStrings__AgentOS.");
    }

    /// <summary>Makes a folder that only this user (and root) can enter.</summary>
    public void MakeFolder(string path)
    {
        Directory.CreateDirectory(path);
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Own(path);
    }

    /// <summary>Writes a file that only this user (and root) can read.</summary>
    public void WriteSecret(string path, string content)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(path, options)) writer.Write(content);
        Own(path);
    }

    /// <summary>Whether this user can get at a file: a folder above it may be closed to others, as root's home is.</summary>
    public async Task<bool> CanReachAsync(string path, CancellationToken cancellation) =>
        !IsOther || (await CommandLine.RunAsync(Wrap("test", "-x", path), cancellation)).ExitCode == 0;

    private void Own(string path)
    {
        if (IsOther && ChangeOwner(path, UserId, GroupId) != 0)
            throw new PostgresUnavailableException($"{path} could not be given to the user {Name}: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    private static async Task<PostgresAccount?> FindAsync(string name, CancellationToken cancellation)
    {
        var user = await CommandLine.RunAsync(["id", "-u", name], cancellation);
        var group = await CommandLine.RunAsync(["id", "-g", name], cancellation);
        return uint.TryParse(user.Output, CultureInfo.InvariantCulture, out var uid) && uid != 0
            && uint.TryParse(group.Output, CultureInfo.InvariantCulture, out var gid)
            ? new(name, uid, gid)
            : null;
    }

    [DllImport("libc", EntryPoint = "lchown", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ChangeOwner([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint user, uint group);
}
