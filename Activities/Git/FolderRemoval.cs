namespace AgentOS.Activities.Git;

/// <summary>Removes a folder that commands wrote: also where they took the owner's rights away.</summary>
internal static class FolderRemoval
{
    public static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (UnauthorizedAccessException)
        {
            GiveRights(new(folder));
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void GiveRights(DirectoryInfo folder)
    {
        if (OperatingSystem.IsWindows() || folder.LinkTarget is not null)
            return;
        folder.UnixFileMode |= UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        foreach (var inner in folder.EnumerateDirectories())
            GiveRights(inner);
    }
}
