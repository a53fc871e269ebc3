using Microsoft.Win32.SafeHandles;

namespace AgentOS.Activities.Coding.Tools;

/// <summary>One entry of a folder.</summary>
internal sealed record FolderEntry(string Name, bool IsFolder, string? LinkTarget, long Length);

/// <summary>
/// The files of a workspace, for tools that run outside of the sandbox. The kernel resolves each path beneath the
/// workspace in one step, so that links and folders swapped in between lead nowhere else.
/// </summary>
internal sealed class WorkspaceFiles(string root)
{
    /// <summary>Opens a regular file.</summary>
    public FileStream OpenRead(string path) => Stream(Open(path, Native.ReadOnly | Native.NonBlocking), path, FileAccess.Read);

    /// <summary>Opens a regular file for reading and writing, or makes it with the folders above it.</summary>
    public FileStream OpenWrite(string path, bool create)
    {
        const int flags = Native.ReadWrite | Native.NonBlocking;
        if (!create)
            return Stream(Open(path, flags), path, FileAccess.ReadWrite);
        if (path is "")
            throw new ToolException("That is the workspace itself. Give the path of a file.");
        if (path.Contains('/'))
            MakeFolders(Path.GetDirectoryName(path)!);
        return Stream(Open(path, flags | Native.Create, 0b110_100_100), path, FileAccess.ReadWrite);
    }

    /// <summary>Opens a regular file; null when there is none, or what is there leads out of the workspace.</summary>
    public FileStream? TryOpenRead(string path)
    {
        try
        {
            return OpenRead(path);
        }
        catch (ToolException)
        {
            return null;
        }
    }

    /// <summary>Puts a copy of a file of the host there, with the folders above it. What is there already, or in the way, stays.</summary>
    public void AddCopy(string path, FileInfo source)
    {
        try
        {
            if (path.Contains('/'))
                MakeFolders(Path.GetDirectoryName(path)!);
            var mode = OperatingSystem.IsWindows() ? 0 : (uint)source.UnixFileMode & 0x1FF;
            using var target = Stream(Open(path, Native.ReadWrite | Native.Create | Native.Exclusive, mode | 0b110_000_000), path, FileAccess.ReadWrite);
            using var content = source.OpenRead();
            content.CopyTo(target);
        }
        catch (ToolException)
        {
            // A file, or a link that leads elsewhere, is there.
        }
    }

    public void Delete(string path)
    {
        if (path is "")
            throw new ToolException("The workspace itself cannot be deleted. Give the path of a file.");
        using var parent = Open(Path.GetDirectoryName(path)!, Native.PathOnly | Native.Directory);
        if (Native.Unlink(parent, Path.GetFileName(path)) is not 0 and var error)
            throw Failed(path, error);
    }

    /// <summary>What is in a folder, in order; null when the path is no folder.</summary>
    public IReadOnlyList<FolderEntry>? List(string path)
    {
        using var top = Native.OpenRoot(root);
        var (folder, error) = Native.OpenBeneath(top, Inner(path), Native.ReadOnly | Native.Directory);
        using (folder)
        {
            if (error is Native.NotDirectory)
                return null;
            Check(top, folder, error, path);
            return [.. new DirectoryInfo($"/proc/self/fd/{Native.Fd(folder)}").EnumerateFileSystemInfos()
                .Where(entry => !WorkspacePath.IsGit(entry.Name))
                .Select(entry => new FolderEntry(entry.Name, entry is DirectoryInfo { LinkTarget: null }, entry.LinkTarget, entry is FileInfo { LinkTarget: null } file ? file.Length : 0))
                .OrderBy(entry => entry.Name, StringComparer.Ordinal)];
        }
    }

    private void MakeFolders(string path)
    {
        for (var end = path.IndexOf('/'); ; end = path.IndexOf('/', end + 1))
        {
            var folder = end < 0 ? path : path[..end];
            using var parent = Open(Path.GetDirectoryName(folder)!, Native.PathOnly | Native.Directory);
            if (Native.MakeDirectory(parent, Path.GetFileName(folder)) is not (0 or Native.Exists) and var error)
                throw Failed(folder, error);
            if (end < 0)
                return;
        }
    }

    private SafeFileHandle Open(string path, int flags, uint mode = 0)
    {
        using var top = Native.OpenRoot(root);
        var (handle, error) = Native.OpenBeneath(top, Inner(path), flags, mode);
        Check(top, handle, error, path);
        return handle;
    }

    private void Check(SafeFileHandle top, SafeFileHandle handle, int error, string path)
    {
        if (error != 0)
            throw Failed(path, error);
        // A link inside the workspace may lead to git's data.
        var real = Native.PathOf(handle);
        var realRoot = Native.PathOf(top);
        if (real == realRoot || (real.StartsWith($"{realRoot}/", StringComparison.Ordinal) && !real[realRoot.Length..].Split('/').Any(WorkspacePath.IsGit)))
            return;
        handle.Dispose();
        throw new ToolException($"'{path}' leads to a place that cannot be read or written.");
    }

    private static string Inner(string path) => path is "" ? "." : path;

    private static FileStream Stream(SafeFileHandle handle, string path, FileAccess access)
    {
        var mode = OperatingSystem.IsWindows() ? default : File.GetAttributes(handle);
        if (mode.HasFlag(FileAttributes.Directory))
        {
            handle.Dispose();
            throw new ToolException($"'{path}' is a folder. Use list_files, or give the path of a file.");
        }
        try
        {
            var stream = new FileStream(handle, access);
            if (stream.CanSeek)
                return stream;
            stream.Dispose();
        }
        catch (Exception error) when (error is ArgumentException or IOException or UnauthorizedAccessException)
        {
            handle.Dispose();
        }
        throw new ToolException($"'{path}' is not a regular file.");
    }

    private ToolException Failed(string path, int error) => new(error switch
    {
        Native.Exists => $"There is '{path}' already.",
        Native.NoEntry => $"There is no '{path}'.{Nearby(path)}",
        Native.CrossDevice => $"'{path}' is a link that leads out of the workspace.",
        Native.Loop => $"'{path}' goes through a symbolic link that cannot be followed. Use the path that it points to.",
        Native.NotDirectory => $"A part of '{path}' is a file, not a folder.",
        Native.IsDirectory => $"'{path}' is a folder. Give the path of a file.",
        Native.Access or Native.NotPermitted => $"The rights of '{path}' do not allow that. Change them with run_shell (chmod).",
        _ => $"'{path}' cannot be opened (errno {error}).",
    });

    private string Nearby(string path)
    {
        try
        {
            var name = Path.GetFileName(path);
            var folder = Path.GetDirectoryName(path) ?? "";
            var like = List(folder)?.Select(entry => entry.Name)
                .Where(each => TextDistance.Similarity(each.ToLowerInvariant(), name.ToLowerInvariant()) > 0.5).Take(3).ToList();
            return like is { Count: > 0 } ? $" In that folder there is {string.Join(", ", like)}." : " Use list_files to see what there is.";
        }
        catch (ToolException)
        {
            return " Use list_files to see what there is.";
        }
    }
}
