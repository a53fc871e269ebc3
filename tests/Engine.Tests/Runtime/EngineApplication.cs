using System.Text;
using System.Text.Json;
using AgentOS.Engine.Hosting;
using AgentOS.Engine.Runtime.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentOS.Engine.Tests.Runtime;

/// <summary>The engine with its API in this process, on a database of its own.</summary>
internal sealed class EngineApplication : IAsyncDisposable
{
    private readonly WebApplication _application;

    private EngineApplication(EngineDatabaseFixture database, WebApplication application)
    {
        (Database, _application) = (database, application);
        Http = new() { BaseAddress = new(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/elsa/api/") };
    }

    public EngineDatabaseFixture Database { get; }

    /// <summary>To the API.</summary>
    public HttpClient Http { get; }

    public IServiceProvider Services => _application.Services;

    /// <param name="configure">The engine.</param>
    /// <param name="map">What else is served.</param>
    public static async Task<EngineApplication> StartAsync(Action<EngineOptions>? configure = null, Action<WebApplication>? map = null)
    {
        var database = new EngineDatabaseFixture();
        await database.InitializeAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddWorkflowEngine(options =>
        {
            options.ConnectionString = database.ConnectionString;
            configure?.Invoke(options);
        });
        var application = builder.Build();
        application.Urls.Add("http://127.0.0.1:0");
        application.MapWorkflowEngineApi();
        map?.Invoke(application);
        await application.StartAsync();
        return new(database, application);
    }

    public async Task<JsonElement> PostAsync(string address, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await Http.PostAsync(new Uri(address, UriKind.Relative), content);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue($"{address}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _application.DisposeAsync();
        await Database.DisposeAsync();
    }
}
