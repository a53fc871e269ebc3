using System.Net;
using System.Net.Sockets;
using AgentOS.Kernel;
using AgentOS.Server.Hosting;
using LibGit2Sharp;

namespace AgentOS.Server.Cli.Demo;

/// <summary>A data folder of the demo's own, below the owner's, with the sample repository in it. Nothing of the owner's is touched.</summary>
internal sealed record DemoFolder(DataFolder Data, string Repository)
{
    private static string Shipped => Path.Combine(AppContext.BaseDirectory, "Cli", "Demo");

    public static string Recording => Path.Combine(Shipped, "recording.yaml");

    /// <exception cref="AgentOSException">An earlier demo still runs.</exception>
    public static DemoFolder Prepare()
    {
        var owner = DataFolder.FromEnvironment();
        owner.Create();
        var data = new DataFolder(owner.In("demo"));
        if (data.ReadServer() is { IsAlive: true } running)
            throw new AgentOSException($"The server of an earlier demo still runs at {running.Url}. Stop it: AGENTOS_HOME={data.Path} agentos stop");
        var repository = data.In("basket");
        if (Directory.Exists(repository)) Directory.Delete(repository, recursive: true);
        data.Create();
        CopyTo(Path.Combine(Shipped, "Sample"), repository);
        Commit(repository, "A basket with lines, quantities and a subtotal");
        return new(data, repository);
    }

    /// <summary>The usual address when it is free, else one that is.</summary>
    public static string FreeUrl()
    {
        foreach (var port in (int[])[5080, 0])
        {
            try
            {
                using var probe = new TcpListener(IPAddress.Loopback, port);
                probe.Start();
                return $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
            }
            catch (SocketException) when (port != 0)
            {
                // Someone else's server: the demo does not insist.
            }
        }

        throw new AgentOSException("There is no free port on 127.0.0.1.");
    }

    public void Remove()
    {
        if (Directory.Exists(Data.Path)) Directory.Delete(Data.Path, recursive: true);
    }

    private static void CopyTo(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>Makes the folder a repository with all its files in one commit.</summary>
    internal static void Commit(string path, string message)
    {
        LibGit2Sharp.Repository.Init(path);
        using var repository = new Repository(path);
        repository.Refs.UpdateTarget("HEAD", "refs/heads/main");
        Commands.Stage(repository, "*");
        var author = new Signature("A shop owner", "owner@localhost", DateTimeOffset.UtcNow);
        repository.Commit(message, author, author);
    }
}
