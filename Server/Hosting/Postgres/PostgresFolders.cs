using System.Security.Cryptography;
using System.Text;

namespace AgentOS.Server.Hosting.Postgres;

/// <summary>Where the parts of a cluster are.</summary>
/// <param name="Root">What PostgreSQL's user owns.</param>
/// <param name="Sockets">The folder of the Unix socket.</param>
/// <param name="PasswordFile">Belongs to the user of agentos, not to PostgreSQL's.</param>
internal sealed record PostgresFolders(string Root, string Sockets, string PasswordFile)
{
    /// <summary>The longest address of a Unix socket, the closing zero byte not counted.</summary>
    private const int LongestSocket = 103; // macOS; Linux has 107

    private const string Shared = "/var/lib/agentos";
    private const string Owner = ".owner";

    public string Data => Path.Combine(Root, "data");
    public string UnfinishedData => Path.Combine(Root, "data.unfinished");
    public string StartLog => Path.Combine(Root, "start.log");
    public string ProcessFile => Path.Combine(Data, "postmaster.pid");

    public static async Task<PostgresFolders> PrepareAsync(string dataFolder, PostgresAccount account, CancellationToken cancellation)
    {
        dataFolder = Path.GetFullPath(dataFolder);
        Directory.CreateDirectory(dataFolder);
        var root = await RootOfAsync(Path.Combine(dataFolder, "postgres"), account, cancellation);
        account.MakeFolder(root);
        var sockets = Path.Combine(root, "run");
        if (Encoding.UTF8.GetByteCount(Path.Combine(sockets, ".s.PGSQL.5432")) > LongestSocket)
        {
            var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(root)))[..16];
            sockets = Path.Combine(Path.GetTempPath(), $"agentos-{name}");
            RefuseForeign(sockets);
        }

        account.MakeFolder(sockets);
        return new(root, sockets, Path.Combine(dataFolder, "postgres.password"));
    }

    /// <summary>Removes the cluster of a data folder, wherever it is. For data folders that are thrown away; nothing may run on it.</summary>
    public static void Remove(string dataFolder)
    {
        var folder = Path.Combine(Path.GetFullPath(dataFolder), "postgres");
        if (new FileInfo(folder).LinkTarget is { } elsewhere)
        {
            File.Delete(folder);
            File.Delete(elsewhere + Owner);
            folder = elsewhere;
        }

        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        File.Delete(Path.Combine(dataFolder, "postgres.password"));
    }

    /// <summary>
    /// The cluster is in the data folder. Where PostgreSQL's user cannot get there (root's home is closed to others),
    /// it is in /var/lib/agentos, and a link in the data folder leads to it.
    /// </summary>
    private static async Task<string> RootOfAsync(string preferred, PostgresAccount account, CancellationToken cancellation)
    {
        if (new FileInfo(preferred).LinkTarget is { } target) return target;
        var dataFolder = Path.GetDirectoryName(preferred)!;
        if (Directory.Exists(preferred) || await account.CanReachAsync(dataFolder, cancellation)) return preferred;
        Directory.CreateDirectory(Shared);
        SweepTemporary();
        var root = Path.Combine(Shared, Guid.CreateVersion7().ToString("N"));
        await File.WriteAllTextAsync(root + Owner, dataFolder, cancellation);
        Directory.CreateSymbolicLink(preferred, root);
        return root;
    }

    /// <summary>A data folder in the temporary folder that is gone took its link along: its cluster goes too.</summary>
    private static void SweepTemporary()
    {
        foreach (var owner in Directory.EnumerateFiles(Shared, "*" + Owner))
        {
            var dataFolder = File.ReadAllText(owner);
            if (!dataFolder.StartsWith(Path.GetTempPath(), StringComparison.Ordinal) || Directory.Exists(dataFolder)) continue;
            var root = owner[..^Owner.Length];
            if (Directory.Exists(root)) Directory.Delete(root, recursive: true);
            File.Delete(owner);
        }
    }

    /// <summary>The temporary folder is everyone's: a link that another user put there must not lead us elsewhere.</summary>
    private static void RefuseForeign(string folder)
    {
        if (new DirectoryInfo(folder).LinkTarget is not null)
            throw new PostgresUnavailableException($"{folder} is a link, but PostgreSQL's socket belongs there. Remove it, or choose a shorter data folder with AGENTOS_HOME.");
    }
}
