using AgentOS.Activities.Models.Recording;
using AgentOS.Kernel;
using AgentOS.Server.Cli.Demo;
using AgentOS.Server.Hosting;
using Npgsql;

namespace AgentOS.Server.Cli.Bench;

/// <summary>
/// A server as a process of its own, on a data folder and a private PostgreSQL of its own below the owner's folder. Its models answer at once, from this process.
/// </summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);
    private readonly DataFolder _data;
    private readonly RecordedModel _model;
    private NpgsqlDataSource? _database;
    private ApiClient? _client;

    private BenchServer(DataFolder data, RecordedModel model) => (_data, _model) = (data, model);

    public RunningServer Running { get; private set; } = null!;

    public ApiClient Client => _client!;

    public NpgsqlDataSource Database => _database!;

    public string Token => _data.ReadToken()!;

    /// <exception cref="AgentOSException">It does not start.</exception>
    public static async Task<BenchServer> StartAsync(int workers, CancellationToken cancellation)
    {
        var owner = DataFolder.FromEnvironment();
        owner.Create();
        var data = new DataFolder(owner.In($"bench-{Environment.ProcessId}"));
        // What the owner's environment says is about the owner's server: nothing is written to that one's database.
        foreach (var name in (string[])["ConnectionStrings__AgentOS", "AGENTOS_URL", "AGENTOS_TOKEN"]) Environment.SetEnvironmentVariable(name, null);
        Environment.SetEnvironmentVariable("AGENTOS_HOME", data.Path);
        data.Create();
        var server = new BenchServer(data, await RecordedModel.StartAsync(InstantModel.Answer, cancellation: cancellation));
        try
        {
            await File.WriteAllTextAsync(data.LlmFile, server._model.Configuration(), cancellation);
            var url = new Uri(DemoFolder.FreeUrl());
            if (await DetachedServer.LaunchAsync(new(data, url) { Workers = workers }, cancellation) != ExitCode.Done || data.ReadServer() is not { } running)
                throw new AgentOSException($"The server to be measured did not start. Its log is in {data.Logs}.");
            server.Running = running;
            server._client = ApiClient.Connect(running.Url);
            server._database = NpgsqlDataSource.Create(running.Database);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A repository with one file and a check that always passes, known to the server.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> AddRepositoryAsync(CancellationToken cancellation)
    {
        var path = _data.In("trivial");
        Directory.CreateDirectory(path);
        await File.WriteAllTextAsync(Path.Combine(path, "README.md"), "Nothing to see here.\n", cancellation);
        await File.WriteAllTextAsync(Path.Combine(path, ".agentos.yaml"), "test: \"true\"\n", cancellation);
        DemoFolder.Commit(path, "A file and a check");
        await Client.PostAsync<object?>("/api/repositories", new { path, name = "trivial" }, cancellation);
        return "trivial";
    }

    /// <summary>Stops the server and removes all that was made.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_data.ReadServer() is { IsAlive: true } running)
        {
            if (_database is not null) await _database.DisposeAsync();
            using (var client = _client ?? ApiClient.Connect(running.Url)) await client.PostAsync<object?>("/api/server/stop", null, CancellationToken.None);
            if (!await ProcessEnd.WaitAsync(running.Process, StopLimit, CancellationToken.None))
                throw new AgentOSException($"The measured server (process {running.Process}) does not stop. Its log is in {_data.Logs}.");
        }

        await _model.DisposeAsync();
        if (Directory.Exists(_data.Path)) Directory.Delete(_data.Path, recursive: true);
    }
}
