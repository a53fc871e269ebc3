using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace AgentOS.Server.Hosting.Postgres;

/// <summary>A private PostgreSQL in the data folder, started with the server and stopped with it.</summary>
internal sealed class EmbeddedPostgres : IAsyncDisposable
{
    private readonly DataFolderLock _lock;
    private readonly PostgresProcess _process;
    private readonly PostgresFolders _folders;
    private readonly PostgresBinaries _binaries;
    private readonly PostgresAccount _account;

    private EmbeddedPostgres(DataFolderLock @lock, PostgresProcess process, PostgresFolders folders, PostgresBinaries binaries, PostgresAccount account, string administrator)
    {
        (_lock, _process, _folders, _binaries, _account) = (@lock, process, folders, binaries, account);
        AdministratorConnectionString = administrator;
        ConnectionString = new NpgsqlConnectionStringBuilder(administrator) { Username = PostgresDatabase.Name, Database = PostgresDatabase.Name }.ConnectionString;
    }

    /// <summary>The database <c>agentos</c> as its owner, who is no superuser: SQL that goes astray cannot reach files or programs.</summary>
    public string ConnectionString { get; }

    /// <summary>The superuser; for tests and repairs.</summary>
    public string AdministratorConnectionString { get; }

    /// <exception cref="PostgresUnavailableException">Says what is missing or in the way.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(EmbeddedPostgresOptions options, CancellationToken cancellation = default)
    {
        var @lock = DataFolderLock.Take(options.DataFolder);
        PostgresProcess? process = null;
        try
        {
            var account = await PostgresAccount.ChooseAsync(cancellation);
            var binaries = await PostgresBinaries.Find(options.Installation).ReachableForAsync(account, cancellation);
            var folders = await PostgresFolders.PrepareAsync(options.DataFolder, account, cancellation);
            var password = await PostgresCluster.EnsureAsync(options, folders, binaries, account, cancellation);
            await LeftoverPostgres.StopAsync(folders, binaries, account, options.Progress, cancellation);

            var port = options.Loopback ? FreePort() : 5432;
            var administrator = new NpgsqlConnectionStringBuilder
            {
                Host = options.Loopback ? "127.0.0.1" : folders.Sockets,
                Port = port,
                Username = PostgresCluster.Administrator,
                Password = password,
                Database = "postgres",
                SslMode = SslMode.Disable,
                GssEncryptionMode = GssEncryptionMode.Disable,
            }.ConnectionString;
            process = PostgresProcess.Start(account.Wrap([binaries.Server, .. Arguments(options, folders, port)]), folders.StartLog);
            await PostgresDatabase.EnsureAsync(administrator, password, process, folders, options.StartTimeout, cancellation);
            return new(@lock, process, folders, binaries, account, administrator);
        }
        catch
        {
            process?.LetGo();
            if (process is not null) await process.WaitForExitAsync(TimeSpan.FromSeconds(30));
            process?.Dispose();
            @lock.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.LetGo();
        if (!await _process.WaitForExitAsync(TimeSpan.FromSeconds(60)))
            await CommandLine.RunAsync(_account.Wrap(_binaries.Control, "stop", "-D", _folders.Data, "-m", "immediate", "-w", "-t", "15"), CancellationToken.None);
        _process.Dispose();
        if (Path.GetDirectoryName(_folders.Sockets) != _folders.Root) Directory.Delete(_folders.Sockets, recursive: true);
        _lock.Dispose();
    }

    private static IEnumerable<string> Arguments(EmbeddedPostgresOptions options, PostgresFolders folders, int port)
    {
        var settings = PostgresSettings.For(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        settings["port"] = $"{port}";
        settings["listen_addresses"] = options.Loopback ? "127.0.0.1" : "";
        settings["unix_socket_directories"] = options.Loopback ? "" : folders.Sockets;
        settings["unix_socket_permissions"] = "0700";
        foreach (var (name, value) in options.Settings) settings[name] = value;
        return ["-D", folders.Data, .. settings.SelectMany(s => (string[])["-c", $"{s.Key}={s.Value}"])];
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
