using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AgentOS.Kernel.Repositories;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests;

/// <summary>What the designer says of our own activities, to somebody who has never read their code.</summary>
public sealed class DescriptorTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Every_activity_says_what_it_does_what_it_needs_and_where_it_leads()
    {
        foreach (var activity in await OursAsync())
        {
            var name = (string)activity["typeName"]!;
            ((string?)activity["displayName"]).ShouldNotBeNullOrEmpty(name);
            ((string?)activity["description"]).ShouldNotBeNullOrEmpty(name);
            ((string?)activity["category"]).ShouldNotBeNullOrEmpty(name);
            var ways = activity["ports"]!.AsArray().Where(port => (string?)port!["type"] == "Flow").ToList();
            ways.ShouldNotBeEmpty(name);
            ways.ShouldAllBe(port => Regex.IsMatch((string)port!["displayName"]!, "^[A-Z][a-z]+( [a-z]+)*$"), name);
            foreach (var value in activity["inputs"]!.AsArray().Concat(activity["outputs"]!.AsArray()))
            {
                ((string?)value!["displayName"]).ShouldNotBeNullOrEmpty($"{name}.{value["name"]}");
                ((string?)value["description"]).ShouldNotBeNullOrEmpty($"{name}.{value["name"]}");
            }
        }
    }

    [Fact]
    public async Task Every_activity_has_the_looks_of_its_category()
    {
        using var owner = server.Owner();
        var sheet = Regex.Match(await owner.GetStringAsync("/studio/workflows"), """href="(/studio/assets/looks\.[^"]+)""").Groups[1].Value;
        var looks = (await owner.GetStringAsync(sheet)).Split('\n');
        foreach (var activity in await OursAsync())
        {
            var node = looks.Single(line => line.Contains($"\"type\":\"{activity["typeName"]}\"", StringComparison.Ordinal) && line.Contains("--elsa-activity-accent", StringComparison.Ordinal));
            var colour = Regex.Match(node, "accent:(#[0-9a-f]{6})").Groups[1].Value;
            looks.ShouldContain($"[data-category={activity["category"]}] [draggable=true]{{border-left-color:{colour}!important}}");
        }
    }

    [Fact]
    public async Task Every_step_of_the_loop_can_be_dragged_onto_a_canvas()
    {
        var ours = (await OursAsync()).ToDictionary(activity => (string)activity["typeName"]!);
        foreach (var file in Directory.EnumerateFiles(Hosting.Installation.Find().Workflows, "*.json"))
            foreach (var step in Types(JsonNode.Parse(await File.ReadAllTextAsync(file))!["root"]!).Where(type => type.StartsWith("AgentOS.", StringComparison.Ordinal)))
                ((bool?)ours[step]["isBrowsable"]).ShouldBe(true, step);
    }

    /// <summary>Whoever has the palette alone can make the loop anew: each value in the definitions is an input or an output, each connection leaves by a port.</summary>
    [Fact]
    public async Task All_that_the_definitions_of_the_loop_say_can_be_said_in_the_designer()
    {
        var known = (await AllAsync()).ToDictionary(activity => (string)activity["typeName"]!);
        foreach (var file in Directory.EnumerateFiles(Hosting.Installation.Find().Workflows, "*.json"))
        {
            var activities = Activities(JsonNode.Parse(await File.ReadAllTextAsync(file))!["root"]!).ToDictionary(activity => (string)activity["id"]!);
            foreach (var (id, activity) in activities)
            {
                var descriptor = known[(string)activity["type"]!];
                var names = Names(descriptor, "inputs").Concat(Names(descriptor, "outputs")).Concat(Names(descriptor, "ports")).Select(name => char.ToLowerInvariant(name[0]) + name[1..]);
                activity.Select(member => member.Key).Except(["id", "name", "type", "version", "customProperties", "metadata", "activities", "connections", "start", "variables"]).Except(names).ShouldBeEmpty($"{Path.GetFileName(file)}: {id}");
            }
            foreach (var source in activities.Values.SelectMany(activity => activity["connections"]?.AsArray() ?? []).Select(connection => connection!["source"]!))
                Names(known[(string)activities[(string)source["activity"]!]["type"]!], "ports").DefaultIfEmpty("Done").ShouldContain((string)source["port"]!, $"{Path.GetFileName(file)}: {source["activity"]}");
        }
    }

    [Fact]
    public async Task Roles_are_offered_with_their_models_and_repositories_as_they_are_now()
    {
        var roles = await OptionsAsync("AgentOS.OpenSession", "Role");
        roles.Select(item => (string?)item!["value"]).ShouldBe(["orchestrator", "worker", "reviewer"]);
        ((string)roles[0]!["text"]!).ShouldContain("/", customMessage: "the planner's provider and model");
        (await OptionsAsync("AgentOS.OpenSession", "Purpose")).Select(item => (string?)item!["value"]).ShouldBe(["plan", "code", "review", "goal-review"], ignoreOrder: true);

        var models = await OptionsAsync("AgentOS.OpenSession", "Model");
        ((string?)models[0]!["value"]).ShouldBe("");
        models.Skip(1).Select(item => (string?)item!["value"]).ShouldContain("deepseek/deepseek-chat");
        var instructions = (await OursAsync()).Single(activity => (string?)activity["typeName"] == "AgentOS.OpenSession")["inputs"]!.AsArray().Single(input => (string?)input!["name"] == "Instructions")!;
        ((string?)instructions["uiHint"]).ShouldBe("code-editor");

        (await OptionsAsync("AgentOS.TakeBatch", "RepositoryId")).ShouldBeEmpty();
        var repository = await server.App.Services.GetRequiredService<RepositoryStore>().EnsureAsync("/tmp/offered", "offered", "trunk");
        (await OptionsAsync("AgentOS.TakeBatch", "RepositoryId")).ShouldHaveSingleItem()!.ToJsonString().ShouldBe($$"""{"text":"offered (trunk)","value":"{{repository.Id}}"}""");
    }

    private static IEnumerable<string> Names(JsonObject descriptor, string what) => descriptor[what]!.AsArray().Select(part => (string)part!["name"]!);

    private static IEnumerable<JsonObject> Activities(JsonNode node) => node switch
    {
        JsonObject activity when activity["type"] is not null && activity["id"] is not null && activity["typeName"] is null => activity.SelectMany(member => member.Value is null ? [] : Activities(member.Value)).Prepend(activity),
        JsonObject map => map.SelectMany(member => member.Value is null ? [] : Activities(member.Value)),
        JsonArray list => list.SelectMany(each => Activities(each!)),
        _ => [],
    };

    private async Task<List<JsonObject>> OursAsync() => [.. (await AllAsync()).Where(item => ((string)item["typeName"]!).StartsWith("AgentOS.", StringComparison.Ordinal))];

    private async Task<List<JsonObject>> AllAsync()
    {
        using var owner = server.Owner();
        return [.. (await owner.GetFromJsonAsync<JsonObject>("/elsa/api/descriptors/activities?Refresh=True"))!["items"]!.AsArray().Select(item => item!.AsObject())];
    }

    private async Task<JsonArray> OptionsAsync(string type, string property)
    {
        using var owner = server.Owner();
        using var answer = await owner.PostAsJsonAsync($"/elsa/api/descriptors/activities/{type}/options/{property}", new { });
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!["items"]!["dropdown"]!["selectList"]!["items"]!.AsArray();
    }

    private static IEnumerable<string> Types(JsonNode node) => node switch
    {
        JsonObject activity => (activity.ContainsKey("id") && (string?)activity["type"] is { } type ? [type] : Array.Empty<string>()).Concat(activity.Where(each => each.Key == "activities").SelectMany(each => Types(each.Value!))),
        JsonArray list => list.SelectMany(each => Types(each!)),
        _ => [],
    };
}
