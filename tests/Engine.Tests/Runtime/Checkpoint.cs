using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentOS.Engine.Tests.Runtime;

/// <summary>A web address that the activity Test.Call asks: the test sees the request, and decides when it is answered.</summary>
public sealed class Checkpoint : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<string> _arrivals = Channel.CreateUnbounded<string>();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();

    private Checkpoint()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.MapGet("/{name}", async (string name, HttpContext http) =>
        {
            await _arrivals.Writer.WriteAsync(name);
            await Gate(name).Task.WaitAsync(http.RequestAborted);
            return name;
        });
    }

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public static async Task<Checkpoint> StartAsync()
    {
        var checkpoint = new Checkpoint();
        await checkpoint._app.StartAsync();
        return checkpoint;
    }

    /// <summary>Waits until somebody asks.</summary>
    public async Task<string> ArrivalAsync() => await _arrivals.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>Answers all who ask for this name, now and later.</summary>
    public void Open(string name) => Gate(name).TrySetResult();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private TaskCompletionSource Gate(string name) => _gates.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
