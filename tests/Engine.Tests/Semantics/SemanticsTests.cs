using System.Text.Json;
using System.Text.Json.Nodes;
using AgentOS.Engine.State;
using AgentOS.Engine.Tests.Running;
using Elsa.Workflows.Options;

namespace AgentOS.Engine.Tests.Semantics;

/// <summary>Small workflows, each with what running it has to leave: journal, bookmarks, variables, outputs. Every burst starts from the stored JSON of the one before.</summary>
public sealed class SemanticsTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Semantics", "Cases");

    public static TheoryData<string> Cases => [.. Directory.GetFiles(Folder, "*.json").Select(x => Path.GetFileNameWithoutExtension(x)).Order()];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_workflow_leaves_the_journal_that_is_expected_of_it(string name)
    {
        var @case = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, name + ".json")))!;
        using var engine = new InMemoryEngine();
        foreach (var definition in @case["definitions"]!.AsArray()) engine.Define(JsonElement.Parse(definition!.ToJsonString()));

        foreach (var step in @case["steps"]!.AsArray())
        {
            if ((string?)step!["expect"] is { } snapshot) Compare(engine, @case, @case["expect"]![snapshot]!.AsObject());
            else if ((string?)step["start"] is { } start) await engine.StartAsync(start, options: Options(step));
            else await engine.EventAsync((string)step["event"]!, Map(step["payload"]) ?? [], (string?)step["correlationId"], Instance(engine, (string?)step["instance"])?.Id);
        }
    }

    private static RunWorkflowOptions Options(JsonNode step) => new()
    {
        Input = Map(step["input"]), CorrelationId = (string?)step["correlationId"], TriggerActivityId = (string?)step["triggerActivityId"]
    };

    private static Dictionary<string, object>? Map(JsonNode? node) => node is null ? null : EngineJson.ToDictionary(JsonElement.Parse(node.ToJsonString()));

    // flow#2: the second instance of the definition.
    private static InstanceRecord? Instance(InMemoryEngine engine, string? key) =>
        key?.Split('#') is [var definition, var number] ? engine.Instances.Where(x => x.Graph.Workflow.Identity.DefinitionId == definition).ElementAt(int.Parse(number) - 1) : null;

    private static void Compare(InMemoryEngine engine, JsonNode @case, JsonObject expected)
    {
        var unordered = (bool?)@case["unordered"] == true;
        foreach (var (key, want) in expected)
        {
            var instance = Instance(engine, key)!;
            var state = instance.State;
            state.SubStatus.ToString().ShouldBe((string?)want!["subStatus"], key);
            Lines(instance.Journal, unordered).ShouldBe(Lines(((string)want["journal"]!).Split(' '), unordered), key);
            Lines(state.Bookmarks.Select(x => x.ActivityId), true).ShouldBe(Lines(Texts(want["waits"]), true), key);
            Lines(state.Incidents.Select(x => x.ActivityId), false).ShouldBe(Lines(Texts(want["incidents"]), false), key);
            ShouldEqual(want["output"], EngineJson.ToElement(state.Output), $"{key} output");
            ShouldEqual(want["input"], EngineJson.ToElement(state.Input), $"{key} input");
            CompareVariables(instance, want["variables"] as JsonObject, key);
            foreach (var execution in want["executions"]?.AsArray() ?? []) CompareExecution(instance, execution!, key);
        }
    }

    private static void CompareVariables(InstanceRecord instance, JsonObject? want, string key)
    {
        if (want is null) return;
        var root = JsonNode.Parse(instance.Json)!["activityExecutionContexts"]!.AsArray().Single(x => x!["parentContextId"] is null)!;
        foreach (var variable in instance.Graph.Workflow.Variables.Where(Engine.State.Variables.IsKept))
            Canonical(root["properties"]!["Variables"]![variable.Id]).ShouldBe(Canonical(want[variable.Name]), $"{key} variable {variable.Name}");
    }

    // Some execution of the activity has to have left this: executions of a loop are told apart by what they evaluated.
    private static void CompareExecution(InstanceRecord instance, JsonNode want, string key) =>
        instance.Executions.Where(x => x.ActivityId == (string?)want["activity"]).Select(Describe)
            .ShouldContain(Describe(want), $"{key} {want["activity"]}");

    private static string Describe(JsonNode want) => $"{string.Join(',', Texts(want["outcomes"]))} {Kept(want["state"])} {Kept(want["outputs"])}";
    private static string Describe(Running.Execution execution) => $"{string.Join(',', execution.Outcomes ?? [])} {Kept(execution.State)} {Kept(execution.Outputs)}";

    // What only echoes the definition, or is different in every run, is not compared.
    private static string Kept(JsonNode? node) =>
        node is not JsonObject map ? "" : string.Join(";", map.Where(x => x.Value is not null && x.Key is not ("Cases" or "Variable" or "Input" or "TaskId")).OrderBy(x => x.Key, StringComparer.Ordinal).Select(x => $"{x.Key}={Canonical(x.Value)}"));

    private static void ShouldEqual(JsonNode? want, JsonElement got, string what) => Canonical(JsonNode.Parse(got.GetRawText())).ShouldBe(Canonical(want ?? new JsonObject()), what);

    private static string[] Texts(JsonNode? node) => node is null ? [] : [.. node.AsArray().Select(x => x!.ToString())];
    private static string Lines(IEnumerable<string> lines, bool sorted) => string.Join('\n', sorted ? lines.Order(StringComparer.Ordinal) : lines);

    private static string Canonical(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject map => "{" + string.Join(",", map.OrderBy(x => x.Key, StringComparer.Ordinal).Select(x => $"{x.Key}:{Canonical(x.Value)}")) + "}",
        JsonArray list => "[" + string.Join(",", list.Select(Canonical)) + "]",
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => value.GetValue<JsonElement>().GetDouble().ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => node.ToJsonString()
    };
}
