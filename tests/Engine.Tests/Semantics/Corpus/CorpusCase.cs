using System.Text.Json.Nodes;

namespace AgentOS.Engine.Tests.Semantics.Corpus;

/// <summary>One recorded case: definitions, the steps that drive them over HTTP, and what has to be seen of the instances afterwards.</summary>
public sealed record CorpusCase(string Name, JsonObject Json, JsonObject Expect)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Semantics");

    public static IReadOnlyList<string> Names { get; } = [.. Directory.GetFiles(Path.Combine(Folder, "Cases"), "*.json").Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal)];

    /// <param name="better">The expectation is ours, not the recorded one.</param>
    public static CorpusCase Load(string name, bool better)
    {
        var json = Read("Cases", name);
        return new(name, json, (better ? Read("Better", name) : json)["expect"]!.AsObject());
    }

    public static JsonObject Recorded(string name) => Read("Cases", name)["expect"]!.AsObject();

    public IEnumerable<JsonNode> Definitions => List("definitions");
    public IEnumerable<JsonNode> Steps => List("steps");
    public bool Unordered => (bool?)Json["unordered"] == true;
    public bool UnorderedInstances => (bool?)Json["unorderedInstances"] == true;
    public int? FirstInstances => (int?)Json["firstInstances"];
    public IEnumerable<string> Loose => List("loose").Select(part => (string)part!);

    /// <summary>The ids of the definitions whose instances are looked at.</summary>
    public IReadOnlyList<string> DefinitionIds =>
        [.. Definitions.Concat(Steps.Where(step => (string?)step["method"] == "POST" && ((string?)step["path"])?.TrimEnd('/') == "/elsa/api/workflow-definitions").Select(step => step["body"]).OfType<JsonNode>())
            .Select(body => (string?)body["model"]?["definitionId"]).OfType<string>().Distinct()];

    private IEnumerable<JsonNode> List(string name) => Json[name]?.AsArray().OfType<JsonNode>() ?? [];

    private static JsonObject Read(string folder, string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, folder, name + ".json")))!.AsObject();
}
