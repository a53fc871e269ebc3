using System.Text.Json;
using AgentOS.Engine.State;
using Elsa.Workflows;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Definitions;

/// <summary>Makes a graph that can be run of a definition's JSON. A graph serves any number of runs at the same time: it is made once for each version.</summary>
public sealed class DefinitionReader
{
    private readonly ActivityReader _activities;
    private readonly ValueReader _values;
    private readonly WorkflowGraphBuilder _graphs;

    internal DefinitionReader(ActivityReader activities, ValueReader values, WorkflowGraphBuilder graphs) => (_activities, _values, _graphs) = (activities, values, graphs);

    /// <param name="model">The definition: <c>root</c>, <c>variables</c>, <c>inputs</c>, <c>outputs</c>, <c>outcomes</c>, <c>options</c>, <c>customProperties</c>.</param>
    /// <param name="identity">Which version of which definition it is.</param>
    /// <param name="publication">Whether it is the latest, and published.</param>
    /// <exception cref="InvalidDefinitionException">It cannot be run; the message names the activity and the mistake.</exception>
    public WorkflowGraph Read(JsonElement model, WorkflowIdentity identity, WorkflowPublication? publication = null) => _graphs.Build(ReadWorkflow(model, identity, publication));

    public Workflow ReadWorkflow(JsonElement model, WorkflowIdentity identity, WorkflowPublication? publication = null)
    {
        if (model.ValueKind != JsonValueKind.Object) throw new InvalidDefinitionException("A workflow definition has to be a JSON object.");
        var root = model.TryGetProperty("root", out var rootJson) && rootJson.ValueKind == JsonValueKind.Object ? _activities.Read(rootJson) : new Sequence { Id = "Sequence1" };
        return new Workflow(identity, publication ?? WorkflowPublication.LatestAndPublished,
            new WorkflowMetadata(model.Text("name"), model.Text("description")),
            Options(model), root,
            List(model, "variables", _values.ReadVariable),
            List(model, "inputs", ReadInput), List(model, "outputs", ReadOutput), List(model, "outcomes", x => x.GetString() ?? ""),
            model.TryGetProperty("customProperties", out var custom) ? EngineJson.ToDictionary(custom) : new Dictionary<string, object>(),
            model.Flag("isReadonly"), model.Flag("isSystem")) { Id = "", Name = model.Text("name") };
    }

    private WorkflowOptions Options(JsonElement model)
    {
        var result = new WorkflowOptions();
        if (!model.TryGetProperty("options", out var json) || json.ValueKind != JsonValueKind.Object) return result;
        if (json.Text("activationStrategyType") is { Length: > 0 } activation) result.ActivationStrategyType = _values.ReadNamedType(activation);
        if (json.Text("incidentStrategyType") is { Length: > 0 } incident) result.IncidentStrategyType = Incident(_values.ReadNamedType(incident));
        if (json.TryGetProperty("usableAsActivity", out var usable) && usable.ValueKind is JsonValueKind.True or JsonValueKind.False) result.UsableAsActivity = usable.GetBoolean();
        result.AutoUpdateConsumingWorkflows = json.Flag("autoUpdateConsumingWorkflows");
        result.ActivityCategory = json.Text("activityCategory");
        result.CommitStrategyName = json.Text("commitStrategyName");
        return result;
    }

    private static Type Incident(Type type) => typeof(IIncidentStrategy).IsAssignableFrom(type) ? type : throw new InvalidDefinitionException($"'{type.Name}' is no incident strategy.");

    private InputDefinition ReadInput(JsonElement json)
    {
        var definition = new InputDefinition { UIHint = json.Text("uiHint") ?? "single-line" };
        if (json.Text("storageDriverType") is { Length: > 0 } driver) definition.StorageDriverType = _values.ReadNamedType(driver);
        return Argument(definition, json);
    }

    private OutputDefinition ReadOutput(JsonElement json) => Argument(new OutputDefinition(), json);

    private T Argument<T>(T definition, JsonElement json) where T : ArgumentDefinition
    {
        definition.Name = json.Text("name") ?? throw new InvalidDefinitionException("An input or output has no name.");
        definition.DisplayName = json.Text("displayName") ?? definition.Name;
        definition.Description = json.Text("description") ?? "";
        definition.Category = json.Text("category") ?? "";
        definition.Type = _values.ReadType(json.Text("type"), json.Flag("isArray"), definition.Name);
        return definition;
    }

    private static List<T> List<T>(JsonElement model, string name, Func<JsonElement, T> read) =>
        model.TryGetProperty(name, out var json) && json.ValueKind == JsonValueKind.Array ? [.. json.EnumerateArray().Where(x => x.ValueKind != JsonValueKind.Null).Select(read)] : [];
}
