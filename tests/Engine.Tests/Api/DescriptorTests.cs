using System.Net;
using System.Text.Json;
using AgentOS.Engine.Runtime.Api.Descriptors;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints.Dropdown;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentOS.Engine.Tests.Api;

public sealed class DescriptorTests : IAsyncLifetime
{
    private sealed record Recorded(string Method, string Path, string Query, int Status, JsonElement Body);

    private WebApplication? _application;
    private HttpClient? _http;

    internal static IReadOnlyCollection<string> Addresses => [.. Read().Select(recorded => recorded.Path)];

    public static TheoryData<int> Recordings => [.. Enumerable.Range(0, Read().Length)];

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddEngineCore().AddDescriptors();
        _application = builder.Build();
        _application.Urls.Add("http://127.0.0.1:0");
        DescriptorApi.Map(_application.MapGroup("/elsa/api"));
        await _application.StartAsync();
        await _application.Services.GetRequiredService<IActivityRegistry>().RegisterAsync(typeof(PaintHouse));
        _http = new() { BaseAddress = new(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) };
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        if (_application is not null) await _application.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public async Task Answers_have_the_recorded_status_and_shape(int number)
    {
        var recorded = Read()[number];

        using var response = await _http!.GetAsync(new Uri(recorded.Path + recorded.Query, UriKind.Relative));

        ((int)response.StatusCode).ShouldBe(recorded.Status, recorded.Path);
        if (recorded.Body.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) return;
        response.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        RecordedShape.Differences(recorded.Body, JsonElement.Parse(await response.Content.ReadAsStringAsync())).ShouldBeEmpty(recorded.Path);
    }

    [Fact]
    public async Task Every_value_that_a_definition_may_hold_is_offered_under_its_recorded_name()
    {
        foreach (var recorded in Read().Where(each => each.Path.Contains("/descriptors/", StringComparison.Ordinal) && !each.Path.EndsWith("variables", StringComparison.Ordinal) && !each.Path.EndsWith("expression-descriptors", StringComparison.Ordinal)
            && !each.Path.Contains("commit-strategies", StringComparison.Ordinal)))
            Names(await JsonAsync(recorded.Path)).ShouldBe(Names(recorded.Body), recorded.Path);
    }

    [Fact]
    public async Task An_activity_is_described_for_someone_who_has_not_read_its_code()
    {
        var paint = await JsonAsync($"/elsa/api/descriptors/activities/{Uri.EscapeDataString("House.Paint")}");

        paint.GetProperty("displayName").GetString().ShouldBe("Paint the house");
        paint.GetProperty("kind").GetString().ShouldBe("Task");
        paint.GetProperty("ports").EnumerateArray().Select(port => port.GetProperty("name").GetString()).ShouldBe(["Painted", "Rain"]);
        var colour = paint.GetProperty("inputs").EnumerateArray().Single(input => input.GetProperty("name").GetString() == "Colour");
        colour.GetProperty("uiHint").GetString().ShouldBe("dropdown");
        colour.GetProperty("typeName").GetString().ShouldBe("String");
        colour.GetProperty("uiSpecifications").GetProperty("dropdown").GetProperty("selectList").GetProperty("items")[0].GetProperty("value").GetString().ShouldBe("#f00");
        paint.GetProperty("inputs").EnumerateArray().Single(input => input.GetProperty("name").GetString() == "Notes").GetProperty("uiHint").GetString().ShouldBe("multiline");
    }

    [Fact]
    public async Task What_can_be_chosen_is_asked_for_again_when_the_designer_wants_to_know()
    {
        using var answer = await _http!.PostAsync(new Uri("/elsa/api/descriptors/activities/House.Paint/options/Colour", UriKind.Relative), new StringContent("{}", new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("items").GetProperty("dropdown").GetProperty("selectList").GetProperty("items").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task An_unknown_activity_is_not_found() =>
        (await _http!.GetAsync(new Uri("/elsa/api/descriptors/activities/Nope", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NotFound);

    private async Task<JsonElement> JsonAsync(string address) => JsonElement.Parse(await _http!.GetStringAsync(new Uri(address, UriKind.Relative)));

    private static string[] Names(JsonElement body) =>
        [.. body.GetProperty("items").EnumerateArray().Select(item => (item.TryGetProperty("typeName", out var name) ? name : item.GetProperty("type")).GetString()!).Order(StringComparer.Ordinal)];

    private static Recorded[] Read() => JsonSerializer.Deserialize<Recorded[]>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Api", "Recordings", "descriptors.json")), JsonSerializerOptions.Web)!;

    private sealed class Colours : DropDownOptionsProviderBase
    {
        protected override ValueTask<ICollection<SelectListItem>> GetItemsAsync(System.Reflection.PropertyInfo propertyInfo, object? context, CancellationToken cancellationToken) =>
            new([new("Red", "#f00"), new("Blue", "#00f")]);
    }

    [Activity(Namespace = "House", Type = "Paint", DisplayName = "Paint the house", Description = "Paints it.", Kind = ActivityKind.Task)]
    [Elsa.Workflows.Activities.Flowchart.Attributes.FlowNode("Painted", "Rain")]
    private sealed class PaintHouse : CodeActivity
    {
        [Input(UIHint = "dropdown", UIHandler = typeof(Colours))]
        public Input<string> Colour { get; set; } = null!;

        [Input(UIHint = "multi-line")]
        public Input<string> Notes { get; set; } = null!;
    }
}
