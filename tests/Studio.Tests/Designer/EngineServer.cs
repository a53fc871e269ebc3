using Xunit;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentOS.Engine.Hosting;
using AgentOS.Studio.Elements;
using AgentOS.Testing.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentOS.Studio.Tests.Designer;

/// <summary>The pages over the engine, on PostgreSQL.</summary>
public sealed class EngineServer : IAsyncLifetime
{
    private TestDatabase? _database;
    private WebApplication? _application;

    public string Address { get; private set; } = "";

    public HttpClient Http { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateEmptyAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddElsaStudio(options => options.Installation = AppContext.BaseDirectory);
        builder.Services.AddWorkflowEngine(options => options.ConnectionString = _database.ConnectionString);
        _application = builder.Build();
        _application.Urls.Add("http://127.0.0.1:0");
        _application.MapElsaStudio();
        _application.MapWorkflowEngineApi();
        await _application.StartAsync();
        Address = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Http = new() { BaseAddress = new(Address + "/elsa/api/") };
    }

    /// <summary>Saves a flowchart of these activities, joined in their order.</summary>
    public async Task SaveAsync(string id, string name, bool publish, params (string Id, string Type, string Input, string Value)[] activities)
    {
        var nodes = activities.Select((activity, i) => new JsonObject
        {
            ["id"] = activity.Id, ["name"] = activity.Id, ["type"] = activity.Type, ["version"] = 1,
            ["customProperties"] = new JsonObject { ["canStartWorkflow"] = false, ["runAsynchronously"] = false },
            ["metadata"] = new JsonObject { ["designer"] = new JsonObject { ["position"] = new JsonObject { ["x"] = i * 260, ["y"] = 0 }, ["size"] = new JsonObject { ["width"] = 180, ["height"] = 54 } } },
            [activity.Input] = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = activity.Value } },
        });
        var joins = activities.Zip(activities.Skip(1), (from, to) => new JsonObject
        {
            ["source"] = new JsonObject { ["activity"] = from.Id, ["port"] = "Done" }, ["target"] = new JsonObject { ["activity"] = to.Id, ["port"] = "In" },
        });
        var root = new JsonObject { ["id"] = "Flow", ["name"] = "Flow", ["type"] = "Elsa.Flowchart", ["version"] = 1, ["activities"] = new JsonArray([.. nodes]), ["connections"] = new JsonArray([.. joins]) };
        await SaveAsync(new() { ["definitionId"] = id, ["name"] = name, ["root"] = root }, publish);
    }

    /// <summary>Publishes a saved workflow as an activity with one input.</summary>
    public async Task OfferAsync(string id, string input)
    {
        var model = JsonNode.Parse(await Http.GetStringAsync(new Uri($"workflow-definitions/by-definition-id/{id}", UriKind.Relative)))!.AsObject();
        model["options"] = new JsonObject { ["usableAsActivity"] = true };
        model["inputs"] = new JsonArray(new JsonObject { ["name"] = input, ["displayName"] = input, ["type"] = "String", ["uiHint"] = "singleline" });
        await SaveAsync(model, publish: true);
    }

    private async Task SaveAsync(JsonObject model, bool publish)
    {
        using var response = await Http.PostAsJsonAsync("workflow-definitions", new JsonObject { ["model"] = model, ["publish"] = publish });
        response.EnsureSuccessStatusCode();
    }

    public async Task<JsonElement> GetAsync(string address) => JsonElement.Parse(await Http.GetStringAsync(new Uri(address, UriKind.Relative)));

    public async Task TriggerAsync(string @event)
    {
        using var response = await Http.PostAsJsonAsync($"events/{@event}/trigger", new { });
        response.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        if (_application is not null) await _application.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }
}
