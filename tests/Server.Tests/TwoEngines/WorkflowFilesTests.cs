using System.Reflection;
using System.Text.Json;
using AgentOS.Activities;
using AgentOS.Testing.Listing;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests.TwoEngines;

/// <summary>The definitions in Workflows/ are made of what Elsa has, and of our activities.</summary>
public sealed class WorkflowFilesTests
{
    private static readonly string[] OfEveryActivity = ["id", "nodeId", "name", "type", "version", "customProperties", "metadata"];

    private static readonly string[] Expressions = ["Literal", "Object", "Json", "Variable", "Input", "JavaScript", "Liquid"];

    /// <summary>The names that may stand in the JSON of an activity, by its type.</summary>
    private static readonly Dictionary<string, HashSet<string>> Known = Recorded().Concat(Own()).ToDictionary(activity => activity.Type, activity => activity.Names.ToHashSet());

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Path.Combine(HouseTests.Root, "Workflows"), "*.json", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(HouseTests.Root, file))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_activity_and_each_of_its_properties_is_known(string file) => Objects(file).Where(IsActivity).SelectMany(activity =>
    {
        var (id, type) = (activity.GetProperty("id").GetString(), activity.GetProperty("type").GetString()!);
        return Known.TryGetValue(type, out var names)
            ? activity.EnumerateObject().Where(property => !names.Contains(property.Name) && !OfEveryActivity.Contains(property.Name)).Select(property => $"'{id}': {type} has no '{property.Name}'")
            : [$"'{id}': there is no activity {type}"];
    }).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_expression_is_in_a_language_that_Elsa_has(string file) =>
        Objects(file).Where(value => value.TryGetProperty("expression", out _)).Select(value => value.GetProperty("expression").GetProperty("type").GetString()!).Except(Expressions).ShouldBeEmpty();

    private static bool IsActivity(JsonElement value) => value.TryGetProperty("id", out _) && value.TryGetProperty("type", out _) && value.TryGetProperty("version", out _);

    private static IEnumerable<JsonElement> Objects(string file) => Objects(JsonElement.Parse(File.ReadAllText(Path.Combine(HouseTests.Root, file))));

    private static IEnumerable<JsonElement> Objects(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(property => Objects(property.Value)).Prepend(value),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Objects),
        _ => [],
    };

    private static IEnumerable<(string Type, IEnumerable<string> Names)> Recorded() =>
        ListingFile.Lines("activities.txt").Select(line => line.Split(':')).Select(parts => (parts[0], (IEnumerable<string>)parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    private static IEnumerable<(string Type, IEnumerable<string> Names)> Own() =>
        typeof(StepActivity).Assembly.GetExportedTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(IActivity)))
            .Select(type => ($"{type.GetCustomAttribute<ActivityAttribute>()!.Namespace}.{type.Name}", type.GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name))));
}
