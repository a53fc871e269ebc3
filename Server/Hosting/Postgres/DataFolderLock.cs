using System.Globalization;

namespace AgentOS.Server.Hosting.Postgres;

/// <summary>
/// One server a data folder. The kernel drops the lock with the process, however it ends; the number of the process
/// is in a file beside it, because a locked file cannot be read by others.
/// </summary>
internal sealed class DataFolderLock : IDisposable
{
    private readonly FileStream _lock;
    private readonly string _pidFile;

    private DataFolderLock(FileStream @lock, string pidFile) => (_lock, _pidFile) = (@lock, pidFile);

    /// <exception cref="PostgresUnavailableException">Another server has the folder.</exception>
    public static DataFolderLock Take(string dataFolder)
    {
        Directory.CreateDirectory(dataFolder);
        var pidFile = Path.Combine(dataFolder, "server.pid");
        FileStream file;
        try
        {
            file = new FileStream(Path.Combine(dataFolder, "server.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (error is not (DirectoryNotFoundException or PathTooLongException))
        {
            throw new PostgresUnavailableException(
                $"Another agentos server{Describe(HolderOf(dataFolder))} uses the data folder {dataFolder}. " +
                "Stop it with 'agentos stop', or give this one a data folder of its own with AGENTOS_HOME.", error);
        }

        File.WriteAllText(pidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new DataFolderLock(file, pidFile);
    }

    /// <summary>The process that says it has the folder; it may be gone.</summary>
    public static int? HolderOf(string dataFolder)
    {
        var pidFile = Path.Combine(dataFolder, "server.pid");
        try
        {
            return File.Exists(pidFile) && int.TryParse(File.ReadAllText(pidFile), CultureInfo.InvariantCulture, out var pid) ? pid : null;
        }
        catch (IOException)
        {
            return null; // being written or removed at this moment
        }
    }

    public void Dispose()
    {
        File.Delete(_pidFile);
        _lock.Dispose();
    }

    private static string Describe(int? pid) => pid is null ? "" : $" (process {pid})";
}
