using System.Net.Http.Headers;
using AgentOS.Server.Hosting;
using AgentOS.Testing.Postgres;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace AgentOS.Server.Tests;

/// <summary>The whole application, listening on a free port, on a database of its own.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private TestDatabase? _test;
    private ServerDatabase? _database;
    private ServerSettings? _settings;
    private WebApplication? _app;

    /// <summary>Another server than the usual one.</summary>
    internal Func<ServerSettings, ServerSettings> Configure { get; init; } = settings => settings;

    public Uri Url { get; private set; } = null!;

    public WebApplication App => _app!;

    public string Token => new DataFolder(_folder.In("home")).ReadToken()!;

    internal Cli Cli => new(_folder.In("home")) { Variables = { ["AGENTOS_URL"] = Url.ToString() } };

    /// <summary>A client with the owner's credential.</summary>
    public HttpClient Owner()
    {
        var client = Anyone();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return client;
    }

    /// <summary>A client without any.</summary>
    public HttpClient Anyone() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { BaseAddress = Url };

    public async ValueTask InitializeAsync()
    {
        _test = await TestDatabase.CreateEmptyAsync();
        _settings = Configure(new ServerSettings(new(_folder.In("home")), new("http://127.0.0.1:0")) { ConnectionString = _test.ConnectionString, Detached = true });
        _settings.Data.Create();
        _database = await ServerDatabase.OpenAsync(_settings, CancellationToken.None);
        _app = AgentOSApplication.Build(_settings, _database);
        await _app.StartAsync();
        Url = new(AgentOSServer.AddressOf(_app));
    }

    /// <summary>Ends the application and starts it anew: at the same address, on the same data.</summary>
    internal async Task RestartAsync()
    {
        await _app!.DisposeAsync();
        _app = AgentOSApplication.Build(_settings! with { Url = Url }, _database!);
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
        if (_test is not null) await _test.DisposeAsync();
        _folder.Dispose();
    }
}
