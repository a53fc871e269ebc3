namespace AgentOS.Activities.Git;

/// <summary>Removes a folder that commands wrote: also where they took the owner's rights away, and while the last of them still writes.</summary>
internal static class FolderRemoval
{
    private const int Tries = 8;

    /// <exception cref="IOException">It is still being written to, or the disk fails.</exception>
    public static void Remove(string folder)
    {
        var givesRights = false;
        for (var tried = 1; ; tried++)
        {
            try
            {
                if (givesRights) GiveRights(new(folder));
                Directory.Delete(folder, recursive: true);
                return;
            }
            catch (UnauthorizedAccessException) when (tried < Tries)
            {
                givesRights = true;
            }
            catch (IOException) when (!Directory.Exists(folder))
            {
                return; // another did it
            }
            catch (IOException) when (tried < Tries)
            {
                // What a step that was cut off wrote between the listing of a folder and its removal; or another removes it at the same time.
                Thread.Sleep(1 << tried);
            }
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
