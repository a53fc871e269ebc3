using Xunit;
using System.Text.Json;
using System.Text.Json.Nodes;
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

    /// <summary>What a model might write to get at the person who reads it.</summary>
    public const string Hostile = "<img src=x onerror=\"window.scripted = 1\"><script>window.scripted = 1</script>";

    private static readonly object[] Tasks =
    [
        new { id = "1", kind = "goal", title = Hostile, status = "in_progress" },
        new { id = "2", kind = "code", parent_task_id = "1", title = "Round half to even", status = "review", attempt = 2, workflow_instance_id = "5a5fcf95058c68b8" },
    ];

    private WebApplication? _application;

    public string Address { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddStudio(options => options.Installation = AppContext.BaseDirectory);
        _application = builder.Build();
        _application.Urls.Add("http://127.0.0.1:0");
        _application.MapStudio();
        _application.Map("/elsa/{**path}", Answer);
        _application.MapGet("/api/tasks", () => Tasks);
        _application.MapGet("/api/log", () => new[] { new { id = "1", created_at = DateTimeOffset.UnixEpoch, event_type = "task.submitted", message = Hostile } });
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
