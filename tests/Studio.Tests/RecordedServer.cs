using Xunit;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentOS.Studio.Elements;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentOS.Studio.Tests;

/// <summary>The pages alone, over an API that answers from a recording.</summary>
public sealed class RecordedServer : IAsyncLifetime
{
    private sealed record Recorded(string Method, string Path, string? Query, JsonNode Body);

    private static readonly Recorded[] Recordings = JsonSerializer.Deserialize<Recorded[]>(
        typeof(RecordedServer).Assembly.GetManifestResourceStream("pages.json")!, JsonSerializerOptions.Web)!;

    private WebApplication? _application;

    public string Address { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddElsaStudio(options => options.Installation = AppContext.BaseDirectory);
        _application = builder.Build();
        _application.Urls.Add("http://127.0.0.1:0");
        _application.MapElsaStudio();
        _application.Map("/elsa/{**path}", Answer);
        await _application.StartAsync();
        Address = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is not null) await _application.DisposeAsync();
    }

    private static IResult Answer(HttpRequest request)
    {
        var query = request.QueryString.Value ?? "";
        var match = Recordings.FirstOrDefault(recorded => recorded.Method == request.Method && recorded.Path == request.Path &&
            (recorded.Query is null || query.Contains(recorded.Query, StringComparison.Ordinal)));
        return match is null ? Results.NotFound() : Results.Json(match.Body);
    }
}
