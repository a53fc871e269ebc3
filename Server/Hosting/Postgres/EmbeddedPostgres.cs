using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace AgentOS.Server.Hosting.Postgres;

/// <summary>A private PostgreSQL in the data folder, started with the server and stopped with it. Should it end by itself, it is started again.</summary>
internal sealed class EmbeddedPostgres : IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(60);

    private readonly EmbeddedPostgresOptions _options;
    private readonly DataFolderLock _lock;
    private readonly PostgresFolders _folders;
    private readonly PostgresBinaries _binaries;
    private readonly PostgresAccount _account;
    private readonly string _password;
    private readonly int _port;
    private readonly CancellationTokenSource _stop = new();
    private PostgresProcess _process;
    private Task _watching = Task.CompletedTask;

    private EmbeddedPostgres(EmbeddedPostgresOptions options, DataFolderLock @lock, PostgresFolders folders, PostgresBinaries binaries, PostgresAccount account, string password)
    {
        (_options, _lock, _folders, _binaries, _account, _password) = (options, @lock, folders, binaries, account, password);
        _port = options.Loopback ? FreePort() : 5432;
        var administrator = new NpgsqlConnectionStringBuilder
        {
            Host = options.Loopback ? "127.0.0.1" : folders.Sockets,
            Port = _port,
            Username = PostgresCluster.Administrator,
            Password = password,
            Database = "postgres",
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
        };
        AdministratorConnectionString = administrator.ConnectionString;
        ConnectionString = new NpgsqlConnectionStringBuilder(administrator.ConnectionString) { Username = PostgresDatabase.Name, Database = PostgresDatabase.Name }.ConnectionString;
        _process = PostgresProcess.Start(Command(), folders.StartLog);
    }

    /// <summary>The database <c>agentos</c> as its owner, who is no superuser: SQL that goes astray cannot reach files or programs.</summary>
    public string ConnectionString { get; }

    /// <summary>The superuser; for tests and repairs.</summary>
    public string AdministratorConnectionString { get; }

    /// <exception cref="PostgresUnavailableException">Says what is missing or in the way.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(EmbeddedPostgresOptions options, CancellationToken cancellation = default)
    {
        var @lock = DataFolderLock.Take(options.DataFolder);
        EmbeddedPostgres? server = null;
        try
        {
            var account = await PostgresAccount.ChooseAsync(cancellation);
            var binaries = await PostgresBinaries.Find(options.Installation).ReachableForAsync(account, cancellation);
            var folders = await PostgresFolders.PrepareAsync(options.DataFolder, account, cancellation);
            var password = await PostgresCluster.EnsureAsync(options, folders, binaries, account, cancellation);
            await LeftoverPostgres.StopAsync(folders, binaries, account, options.Progress, cancellation);
            server = new(options, @lock, folders, binaries, account, password);
            await server.ReadyAsync(cancellation);
            server._watching = server.WatchAsync();
            return server;
        }
        catch
        {
            if (server is null) @lock.Dispose();
            else await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _process.LetGo();
        if (!await _process.WaitForExitAsync(StopPatience))
            await CommandLine.RunAsync(_account.Wrap(_binaries.Control, "stop", "-D", _folders.Data, "-m", "immediate", "-w", "-t", "15"), CancellationToken.None);
        _process.Dispose();
        if (Path.GetDirectoryName(_folders.Sockets) != _folders.Root) Directory.Delete(_folders.Sockets, recursive: true);
        _stop.Dispose();
        _lock.Dispose();
    }

    /// <summary>PostgreSQL that ends by itself was killed: short of memory, or by hand. What was committed is there again after its recovery.</summary>
    private async Task WatchAsync()
    {
        while (await _process.WaitForExitAsync(_stop.Token))
        {
            _options.Progress("PostgreSQL ended unexpectedly: starting it again.");
            _process.Dispose();
            try
            {
                // The first starts may find what the old processes still hold.
                await Task.Delay(TimeSpan.FromMilliseconds(200), _stop.Token);
                await LeftoverPostgres.StopAsync(_folders, _binaries, _account, _options.Progress, _stop.Token);
                _process = PostgresProcess.Start(Command(), _folders.StartLog);
                await ReadyAsync(_stop.Token);
            }
            catch (PostgresUnavailableException error)
            {
                _options.Progress(error.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private Task ReadyAsync(CancellationToken cancellation) =>
        PostgresDatabase.EnsureAsync(AdministratorConnectionString, _password, _process, _folders, _options.StartTimeout, cancellation);

    private string[] Command()
    {
        var settings = PostgresSettings.For(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        settings["port"] = $"{_port}";
        settings["listen_addresses"] = _options.Loopback ? "127.0.0.1" : "";
        settings["unix_socket_directories"] = _options.Loopback ? "" : _folders.Sockets;
        settings["unix_socket_permissions"] = "0700";
        foreach (var (name, value) in _options.Settings) settings[name] = value;
        return _account.Wrap([_binaries.Server, "-D", _folders.Data, .. settings.SelectMany(s => (string[])["-c", $"{s.Key}={s.Value}"])]);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
