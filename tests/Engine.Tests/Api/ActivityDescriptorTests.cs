using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AgentOS.Engine.Runtime.Api.Descriptors;
using AgentOS.Engine.State;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Engine.Tests.Api;

/// <summary>Every activity of Elsa's is offered to the designer as a server of Elsa's describes it; the texts, which are for people, are our own.</summary>
public sealed partial class ActivityDescriptorTests
{
    // Made by code only, or for a host that compiles C#: nothing that a definition can hold.
    private static readonly string[] NotOffered =
        ["Elsa.RunCSharp", "Elsa.Inline", "Elsa.FlowNode", "Elsa.Workflows.Activities.DynamicActivity", "Elsa.Workflows.Management.Activities.HostMethod.HostMethodActivity",
        "Elsa.Workflows.Management.Activities.WorkflowDefinitionActivity.WorkflowDefinitionActivity"];

    private static readonly Dictionary<string, string> Better = new()
    {
        ["Elsa.WriteHttpResponse.inputs.StatusCode.uiSpecifications.dropdown.selectList"] = "Each status once.",
        ["Elsa.DownloadHttpFile.inputs.Authorization.isSensitive"] = "A credential is not recorded.",
    };

    public static TheoryData<string> Types => [.. Read().Keys.Except(NotOffered)];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task An_activity_has_the_recorded_inputs_outputs_and_ports(string type)
    {
        var services = new ServiceCollection();
        services.AddEngineCore().AddDescriptors();
        await using var provider = services.BuildServiceProvider();
        var model = await provider.GetRequiredService<ActivityModels>().FindAsync(type, null, CancellationToken.None);
        model.ShouldNotBeNull(type);

        var differences = new List<string>();
        Compare(type, Read()[type], Plain(JsonSerializer.SerializeToNode(model, EngineJson.Options)!.AsObject()), differences);
        differences.ShouldBeEmpty();
    }

    private static void Compare(string path, JsonNode? recorded, JsonNode? ours, List<string> differences)
    {
        if (Better.ContainsKey(path)) return;
        if (recorded is JsonObject want && ours is JsonObject have)
            foreach (var name in want.Select(x => x.Key).Union(have.Select(x => x.Key))) Compare($"{path}.{name}", want[name], have[name], differences);
        else if (!JsonNode.DeepEquals(recorded, ours)) differences.Add($"{path}: {recorded?.ToJsonString() ?? "nothing"} was recorded, not {ours?.ToJsonString() ?? "nothing"}");
    }

    private static Dictionary<string, JsonObject> Read() => JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Api", "Recordings", "activities.json")))!.AsArray()
        .ToDictionary(x => (string)x!["typeName"]!, x => ByName(x!.AsObject()));

    private static JsonObject Plain(JsonObject model)
    {
        model.Remove("clrType");
        model["customProperties"]!.AsObject().Remove("Type");
        foreach (var part in (IEnumerable<JsonNode?>)[model, .. model["inputs"]!.AsArray(), .. model["outputs"]!.AsArray(), .. model["ports"]!.AsArray()])
        {
            part!.AsObject().Remove("displayName");
            part.AsObject().Remove("description");
        }
        foreach (var input in model["inputs"]!.AsArray())
            foreach (var control in input!["uiSpecifications"]!.AsObject().Select(x => x.Value).OfType<JsonObject>())
            {
                if (control.ContainsKey("adornmentText")) control["adornmentText"] = "<address>";
                foreach (var list in (string[])["selectList", "checkList", "radioList"])
                    if (control[list] is { } choices) control[list] = new JsonArray([.. choices["items"]!.AsArray().Select(x => x!["value"]!.DeepClone())]);
            }
        return ByName(model);
    }

    private static JsonObject ByName(JsonObject model)
    {
        foreach (var list in (string[])["inputs", "outputs"])
            model[list] = new JsonObject(model[list]!.AsArray().OrderBy(x => (string)x!["name"]!, StringComparer.Ordinal).Select(x => KeyValuePair.Create((string)x!["name"]!, Plain(x))));
        return model;
    }

    // The types are in an assembly of another name here.
    private static JsonNode? Plain(JsonNode part)
    {
        var copy = part.DeepClone();
        if ((string?)copy["typeName"] is { } name && name.StartsWith("Unregistered", StringComparison.Ordinal)) copy["typeName"] = Assembly().Replace(name, "");
        return copy;
    }

    [GeneratedRegex(@", (Elsa[\w.]*|AgentOS\.Engine)(?=\]|$)")]
    private static partial Regex Assembly();
}
