using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace AgentOS.Activities.Coding.Tools;

/// <summary>The calls of Linux that open a path relative to an open folder, so that nobody can swap a part of it meanwhile.</summary>
internal static class Native
{
    public const int ReadOnly = 0, ReadWrite = 2, Create = 0x40, Exclusive = 0x80, NonBlocking = 0x800, CloseOnExec = 0x80000, PathOnly = 0x200000;
    public const int NoEntry = 2, Again = 11, Access = 13, Exists = 17, CrossDevice = 18, NotDirectory = 20, IsDirectory = 21, NoSystemCall = 38, Loop = 40, NotPermitted = 1;

    private const long OpenAt2 = 437;
    private const ulong NoMagicLinks = 2, Beneath = 8;

    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;
    private static volatile bool lacksOpenAt2;

    public static int Directory { get; } = Arm ? 0x4000 : 0x10000;

    public static int NoFollow { get; } = Arm ? 0x8000 : 0x20000;

    /// <summary>Opens a folder by its absolute path, for the calls below.</summary>
    public static SafeFileHandle OpenRoot(string path) => new(open(Text(path), PathOnly | Directory | CloseOnExec, 0), ownsHandle: true);

    /// <summary>Opens beneath a folder. Links are followed as long as they stay beneath it.</summary>
    /// <returns>An open handle, or an invalid one and the error.</returns>
    public static (SafeFileHandle Handle, int Error) OpenBeneath(SafeFileHandle root, string path, int flags, uint mode = 0)
    {
        flags |= CloseOnExec;
        if (!lacksOpenAt2)
        {
            var how = new OpenHow { Flags = (ulong)flags, Mode = (flags & Create) != 0 ? mode : 0, Resolve = Beneath | NoMagicLinks };
            var (handle, error) = Retry(() => (int)syscall(OpenAt2, Fd(root), Text(path), ref how, (nint)Marshal.SizeOf<OpenHow>()));
            if (error is not (NoSystemCall or NotPermitted))
                return (handle, error);
            handle.Dispose();
            lacksOpenAt2 = error is NoSystemCall;
        }
        return Walk(root, path, flags, mode);
    }

    public static int MakeDirectory(SafeFileHandle parent, string name) => mkdirat(Fd(parent), Text(name), 0x1FF) == 0 ? 0 : Marshal.GetLastPInvokeError();

    public static int Unlink(SafeFileHandle parent, string name) => unlinkat(Fd(parent), Text(name), 0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Where an open handle really is.</summary>
    public static string PathOf(SafeFileHandle handle) => File.ResolveLinkTarget($"/proc/self/fd/{Fd(handle)}", returnFinalTarget: false)?.FullName ?? "";

    public static int Fd(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    // For kernels before 5.6: folder by folder, and no links at all.
    private static (SafeFileHandle, int) Walk(SafeFileHandle root, string path, int flags, uint mode)
    {
        var parts = path.Split('/');
        var folder = root;
        for (var i = 0; i < parts.Length; i++)
        {
            var isLast = i == parts.Length - 1;
            var from = folder;
            var (next, error) = Retry(() => openat(Fd(from), Text(parts[i]), isLast ? flags | NoFollow : PathOnly | Directory | NoFollow | CloseOnExec, mode));
            if (from != root)
                from.Dispose();
            if (isLast || error != 0)
                return (next, error);
            folder = next;
        }
        throw new ArgumentException("An empty path.", nameof(path));
    }

    private static (SafeFileHandle, int) Retry(Func<int> call)
    {
        for (var attempt = 0; ; attempt++)
        {
            var fd = call();
            var error = fd >= 0 ? 0 : Marshal.GetLastPInvokeError();
            // A rename somewhere on the way makes the kernel unsure: it asks to be called again.
            if (error is not Again || attempt == 100)
                return (new(fd, ownsHandle: true), error);
        }
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + '\0');

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags, Mode, Resolve;
    }

#pragma warning disable SYSLIB1054 // Generated marshalling would need unsafe code for no gain.
    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint syscall(long number, int folder, byte[] path, ref OpenHow how, nint size);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int open(byte[] path, int flags, uint mode);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int openat(int folder, byte[] path, int flags, uint mode);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int mkdirat(int folder, byte[] name, uint mode);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int unlinkat(int folder, byte[] name, int flags);
#pragma warning restore SYSLIB1054
}
