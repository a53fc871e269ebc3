using System.Text.Json;
using AgentOS.Engine.Expressions.JavaScript;
using AgentOS.Engine.Http;
using Elsa.Expressions.Contracts;
using Elsa.Workflows;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Definitions;

/// <summary>Looks for the mistakes in a definition that would show only when it runs: in the JSON, so that each can be named where it is.</summary>
public sealed class DefinitionValidator
{
    private readonly IActivityRegistry _registry;
    private readonly DefinitionReader _reader;
    private readonly ValueChecks _values;
    private readonly RetryStrategies _strategies;

    internal DefinitionValidator(IActivityRegistry registry, DefinitionReader reader, IExpressionDescriptorRegistry expressions, JavaScriptEvaluator scripts, RetryStrategies strategies) =>
        (_registry, _reader, _values, _strategies) = (registry, reader, new(expressions, scripts), strategies);

    /// <summary>All mistakes, in the order of the file; none where the definition is sound.</summary>
    public IReadOnlyList<DefinitionMistake> Check(JsonElement model)
    {
        if (model.ValueKind != JsonValueKind.Object) return [new(null, "A workflow definition is a JSON object.")];
        if (!model.TryGetProperty("root", out var root) || root.ValueKind != JsonValueKind.Object) return [new(null, "The definition has no 'root': the activity that it consists of.")];

        var activities = ActivityOutline.Read(root);
        List<DefinitionMistake> mistakes = [];
        foreach (var twice in activities.Where(each => each.Id.Length > 0).GroupBy(each => each.Id).Where(group => group.Count() > 1))
            mistakes.Add(new(twice.Key, $"{twice.Count()} activities have this id; an id names one."));
        var names = DeclaredNames.Of(model, activities);
        foreach (var activity in activities)
        {
            var descriptor = Find(activity);
            if (descriptor is null) mistakes.Add(new(activity.Id, Unknown(activity)));
            else mistakes.AddRange(_values.Check(activity, descriptor, names).Select(message => new DefinitionMistake(activity.Id, message)));
            if (activity.Find("customProperties") is { ValueKind: JsonValueKind.Object } custom && custom.TryGetProperty(RetryStrategies.Property, out var chosen) && _strategies.Mistake(chosen) is { } mistake) mistakes.Add(new(activity.Id, mistake));
            mistakes.AddRange(FlowChecks.Check(activity, Find));
        }

        if (mistakes.Count == 0 && Reads(model) is { } reason) mistakes.Add(new(null, reason));
        return mistakes;
    }

    private ActivityDescriptor? Find(ActivityOutline activity) =>
        (activity.Json.TryGetProperty("version", out var version) && version.ValueKind == JsonValueKind.Number && version.TryGetInt32(out var number) ? _registry.Find(activity.Type, number) : null) ?? _registry.Find(activity.Type);

    private string Unknown(ActivityOutline activity)
    {
        if (activity.Type.Length == 0) return "The activity names no type.";
        var close = _registry.ListAll().Select(each => each.TypeName).Distinct().Select(name => (Name: name, Distance: Likeness.Distance(name, activity.Type))).MinBy(each => each.Distance);
        return $"There is no activity type '{activity.Type}' here.{(close.Distance <= Math.Max(2, activity.Type.Length / 4) ? $" Is '{close.Name}' meant?" : "")}";
    }

    // What the engine itself refuses.
    private string? Reads(JsonElement model)
    {
        try
        {
            _reader.Read(model, new WorkflowIdentity(model.Text("definitionId") ?? "", 1, ""));
            return null;
        }
        catch (Exception refusal) when (refusal is InvalidDefinitionException or JsonException or InvalidOperationException)
        {
            return refusal.Message;
        }
    }
}
