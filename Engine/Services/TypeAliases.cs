using System.Collections.Concurrent;
using System.Dynamic;
using System.Text.Json;
using System.Text.Json.Nodes;
using Elsa.Expressions.Contracts;
using Elsa.Workflows;
using Elsa.Workflows.ActivationValidators;
using Elsa.Workflows.IncidentStrategies;
using Elsa.Workflows.Runtime.ActivationValidators;
using Elsa.Workflows.Services;
using Microsoft.AspNetCore.Http;

namespace AgentOS.Engine.Services;

/// <summary>The types that JSON can name. Nothing else in JSON becomes a type.</summary>
internal sealed class TypeAliases : IWellKnownTypeRegistry
{
    private readonly ConcurrentDictionary<string, Type> _types = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<Type, string> _aliases = new();

    public TypeAliases()
    {
        foreach (var (type, alias) in Defaults) RegisterType(type, alias);
        // Read, though the designer is told of them by another name.
        foreach (var type in new[] { typeof(Uri), typeof(SwitchMode) }) _types[type.Name] = type;
        foreach (var type in new[] { typeof(WorkflowInstanceStorageDriver), typeof(MemoryStorageDriver), typeof(WorkflowStorageDriver), typeof(FaultStrategy), typeof(ContinueWithIncidentsStrategy) })
            RegisterNamed(type, "Elsa.Workflows.Core");
        RegisterNamed(typeof(AllowAlwaysStrategy), "Elsa.Workflows.Core");
        foreach (var type in new[] { typeof(SingletonStrategy), typeof(CorrelatedSingletonStrategy), typeof(CorrelationStrategy) }) RegisterNamed(type, "Elsa.Workflows.Runtime");
    }

    private static IEnumerable<(Type, string)> Defaults =>
    [
        (typeof(object), "Object"), (typeof(string), "String"), (typeof(bool), "Boolean"), (typeof(byte), "Byte"), (typeof(short), "Int16"), (typeof(int), "Int32"), (typeof(long), "Int64"),
        (typeof(long), "Long"), (typeof(float), "Single"), (typeof(double), "Double"), (typeof(decimal), "Decimal"), (typeof(Guid), "Guid"), (typeof(DateTime), "DateTime"),
        (typeof(DateTimeOffset), "DateTimeOffset"), (typeof(DateOnly), "DateOnly"), (typeof(TimeOnly), "TimeOnly"), (typeof(TimeSpan), "TimeSpan"), (typeof(ExpandoObject), "JSON"),
        (typeof(JsonElement), "JsonElement"), (typeof(JsonNode), "JsonNode"), (typeof(JsonObject), "JsonObject"), (typeof(JsonArray), "JsonArray"),
        (typeof(Dictionary<string, string>), "StringMap"), (typeof(Dictionary<string, object>), "ObjectMap"), (typeof(IDictionary<string, string>), "StringDictionary"),
        (typeof(IDictionary<string, object>), "ObjectDictionary"), (typeof(Exception), "Exception"), (typeof(Stream), "Stream"), (typeof(byte[]), "ByteArray"), (typeof(Version), "Version"),
        (typeof(char), "Char"), (typeof(Elsa.Workflows.Activities.Flowchart.Models.FlowJoinMode), "FlowJoinMode"), (typeof(Elsa.Workflows.Runtime.ExecuteWorkflowResult), "ExecuteWorkflowResult"), (typeof(System.Net.HttpStatusCode), "HttpStatusCode"), (typeof(Elsa.Http.HttpHeaders), "HttpHeaders"),
        (typeof(HttpRequest), "HttpRequest"), (typeof(HttpResponseMessage), "HttpResponseMessage"), (typeof(IFormFile), "FormFile"), (typeof(Elsa.Http.HttpFile), "HttpFile"), (typeof(Elsa.Http.Downloadable), "Downloadable")
    ];

    public void RegisterType(Type type, string alias)
    {
        _types[alias] = type;
        _aliases.TryAdd(type, alias);
    }

    /// <summary>Names that definitions give with an assembly: <c>Elsa.Workflows.MemoryStorageDriver, Elsa.Workflows.Core</c>.</summary>
    public void RegisterNamed(Type type, string assembly)
    {
        _types[$"{type.FullName}, {assembly}"] = type;
        _types[type.Name] = type;
        _aliases[type] = $"{type.FullName}, {assembly}";
    }

    public bool TryGetAlias(Type type, out string alias) => _aliases.TryGetValue(type, out alias!);

    public bool TryGetType(string alias, out Type type)
    {
        if (_types.TryGetValue(alias, out type!)) return true;
        if (alias.EndsWith("[]", StringComparison.Ordinal) && TryGetType(alias[..^2], out var element))
        {
            type = element.MakeArrayType();
            return true;
        }

        if (alias.EndsWith('?') && TryGetType(alias[..^1], out var value))
        {
            type = value.IsValueType ? typeof(Nullable<>).MakeGenericType(value) : value;
            return true;
        }

        if (Generic(alias) is { } generic)
        {
            type = generic;
            return true;
        }

        // With a version or culture behind the assembly's name.
        var comma = alias.IndexOf(',');
        var second = comma < 0 ? -1 : alias.IndexOf(',', comma + 1);
        return second > 0 && TryGetType(alias[..second], out type);
    }

    private Type? Generic(string alias)
    {
        var open = alias.IndexOf('<');
        if (open <= 0 || !alias.EndsWith('>') || !TryGetType(alias[(open + 1)..^1], out var element)) return null;
        return alias[..open] switch
        {
            "List" => typeof(List<>).MakeGenericType(element),
            "ICollection" => typeof(ICollection<>).MakeGenericType(element),
            "HashSet" => typeof(HashSet<>).MakeGenericType(element),
            "IEnumerable" => typeof(IEnumerable<>).MakeGenericType(element),
            "Nullable" when element.IsValueType => typeof(Nullable<>).MakeGenericType(element),
            _ => null
        };
    }

    public IEnumerable<Type> ListTypes() => _types.Values.Distinct();
}
