using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using AgentOS.Engine.State;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Activities.Flowchart.Activities;
using Elsa.Workflows.Management.Activities.WorkflowDefinitionActivity;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Definitions;

/// <summary>Makes activities of their JSON. Only registered activity types become objects; any other becomes a <see cref="NotFoundActivity"/>.</summary>
internal sealed class ActivityReader(IActivityRegistry registry, ValueReader values)
{
    private static readonly ConcurrentDictionary<Type, Func<IActivity>> Factories = new();
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Properties = new();

    public IActivity Read(JsonElement json, int depth = 0)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new InvalidDefinitionException($"An activity has to be a JSON object, not {json.ValueKind}.");
        if (depth > EngineJson.MaxDepth) throw new InvalidDefinitionException("Activities are nested too deep.");
        var type = json.Text("type") ?? throw new InvalidDefinitionException($"Activity '{json.Text("id")}' names no type.");
        var version = json.TryGetProperty("version", out var v) && v.TryGetInt32(out var number) ? number : 0;
        var descriptor = (version > 0 ? registry.Find(type, version) : null) ?? registry.Find(type);
        if (descriptor is null) return NotFound(json, type);

        var activity = descriptor.Constructor(new ActivityConstructorContext(descriptor, x => new ActivityConstructionResult(Create(x)))).Activity;
        try
        {
            ReadIdentity(activity, json);
            if (version > 0) activity.Version = version;
            foreach (var input in descriptor.Inputs)
                if (Find(json, input.Name) is { } value) input.ValueSetter(activity, input.IsWrapped ? values.ReadInput(value, InputType(input)) : ReadPlain(value, input.Type, depth));
            foreach (var output in descriptor.Outputs)
                if (Find(json, output.Name) is { } value) output.ValueSetter(activity, values.ReadOutput(value, OutputType(output)));
            if (activity is not WorkflowDefinitionActivity) ReadOthers(activity, json, depth);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidCastException or Elsa.Expressions.Exceptions.TypeConversionException or TargetInvocationException)
        {
            throw new InvalidDefinitionException($"Activity '{json.Text("id")}' of type '{type}' cannot be read: {e.Message}", e);
        }

        return activity;
    }

    private static Type InputType(InputDescriptor input) => input.PropertyInfo?.PropertyType ?? typeof(Input<>).MakeGenericType(input.Type);
    private static Type OutputType(OutputDescriptor output) => output.PropertyInfo?.PropertyType ?? typeof(Output<>).MakeGenericType(output.Type);

    private static NotFoundActivity NotFound(JsonElement json, string type)
    {
        var activity = new NotFoundActivity(missingTypeName: type) { MissingTypeVersion = 0, OriginalActivityJson = json.GetRawText() };
        ReadIdentity(activity, json);
        activity.SetDisplayText($"Not Found: {type}");
        activity.SetDescription($"There is no activity type {type} on this server.");
        return activity;
    }

    private static void ReadIdentity(IActivity activity, JsonElement json)
    {
        activity.Id = json.Text("id") ?? "";
        activity.Name = json.Text("name");
        if (json.TryGetProperty("customProperties", out var custom)) activity.CustomProperties = EngineJson.ToDictionary(custom);
        if (json.TryGetProperty("metadata", out var metadata)) activity.Metadata = EngineJson.ToDictionary(metadata);
        // Older designers kept these beside the custom properties.
        if (json.TryGetProperty("canStartWorkflow", out var canStart) && canStart.ValueKind == JsonValueKind.True) activity.SetCanStartWorkflow(true);
    }

    private void ReadOthers(IActivity activity, JsonElement json, int depth)
    {
        foreach (var property in Properties.GetOrAdd(activity.GetType(), static type => [.. type.GetProperties().Where(IsOther)]))
        {
            if (activity is Flowchart && property.Name is nameof(Flowchart.Connections) or nameof(Flowchart.Start)) continue;
            if (Find(json, property.Name) is not { ValueKind: not JsonValueKind.Null } value) continue;
            if (property.SetMethod is not null) property.SetValue(activity, ReadPlain(value, property.PropertyType, depth));
        }

        if (activity is Flowchart flowchart) ConnectionReader.Read(flowchart, json);
    }

    private static bool IsOther(PropertyInfo property) =>
        property is { CanRead: true, CanWrite: true }
        && property.SetMethod!.IsPublic
        && property.GetIndexParameters().Length == 0
        && property.DeclaringType != typeof(Activity)
        && !typeof(Input).IsAssignableFrom(property.PropertyType)
        && !typeof(Output).IsAssignableFrom(property.PropertyType)
        && property.GetCustomAttribute<System.Text.Json.Serialization.JsonIgnoreAttribute>() is null
        && property.GetCustomAttribute<Elsa.Workflows.Attributes.InputAttribute>() is null;

    internal object? ReadPlain(JsonElement value, Type type, int depth)
    {
        if (value.ValueKind == JsonValueKind.Null) return null;
        if (typeof(IActivity).IsAssignableFrom(type)) return Read(value, depth + 1);
        if (typeof(Variable).IsAssignableFrom(type)) return values.ReadVariable(value);
        if (type == typeof(Elsa.Expressions.Models.Expression)) return values.ReadExpression(value);
        if (typeof(Input).IsAssignableFrom(type)) return values.ReadInput(value, type);
        if (value.ValueKind == JsonValueKind.Array && ElementOf(type) is { } element && !IsSimple(element))
        {
            var list = (System.Collections.IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
            foreach (var item in value.EnumerateArray())
                if (ReadPlain(item, element, depth) is { } read) list.Add(read);
            return list;
        }

        return value.ValueKind == JsonValueKind.Object && IsPart(type) ? ReadPart(value, type, depth) : value.Deserialize(type, EngineJson.Options);
    }

    // The case of a switch, the state of a machine: objects that hold activities and expressions.
    private object ReadPart(JsonElement json, Type type, int depth)
    {
        var part = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties())
            if (property.SetMethod is not null && Find(json, property.Name) is { } value) property.SetValue(part, ReadPlain(value, property.PropertyType, depth + 1));
        return part;
    }

    private static bool IsPart(Type type) => type is { IsClass: true, IsAbstract: false } && type.GetConstructor([]) is not null && type.GetProperties().Any(HoldsParts);

    private static bool HoldsParts(PropertyInfo property) =>
        typeof(IActivity).IsAssignableFrom(property.PropertyType) || typeof(Input).IsAssignableFrom(property.PropertyType) || property.PropertyType == typeof(Elsa.Expressions.Models.Expression);

    private static bool IsSimple(Type type) => type.IsPrimitive || type == typeof(string) || type.IsEnum || type == typeof(object);
    private static Type? ElementOf(Type type) => type.IsGenericType && typeof(System.Collections.IEnumerable).IsAssignableFrom(type) && type.GetGenericArguments() is [var only] ? only : null;

    // Names in JSON are camel case; the designer's older files are not.
    private static JsonElement? Find(JsonElement json, string name)
    {
        if (json.TryGetProperty(char.ToLowerInvariant(name[0]) + name[1..], out var value) || json.TryGetProperty(name, out value)) return value.ValueKind == JsonValueKind.Null ? null : value;
        foreach (var property in json.EnumerateObject())
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return property.Value.ValueKind == JsonValueKind.Null ? null : property.Value;
        return null;
    }

    internal static IActivity Create(Type type) => Factories.GetOrAdd(type, static key =>
    {
        // Constructors of activities take their source position, which optional parameters fill.
        var constructor = key.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                              .Where(x => x.GetParameters().All(p => p.IsOptional))
                              .OrderBy(x => x.GetParameters().Any(p => p.ParameterType != typeof(string) && p.ParameterType != typeof(int?)))
                              .ThenBy(x => x.GetParameters().Length)
                              .FirstOrDefault()
                          ?? throw new InvalidDefinitionException($"Activity class {key.FullName} has no constructor without arguments.");
        var arguments = constructor.GetParameters().Select(_ => (object?)null).ToArray();
        return () => (IActivity)constructor.Invoke(arguments);
    })();
}

internal static class JsonReading
{
    public static string? Text(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value.ValueKind switch { JsonValueKind.String => value.GetString(), JsonValueKind.Number => value.GetRawText(), _ => null } : null;

    public static bool Flag(this JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
