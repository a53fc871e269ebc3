using System.Linq.Expressions;
using System.Reflection;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Helpers;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Definitions;

/// <summary>Marks activities that try again by a strategy of their author's choice: the designer then lets choose one.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ResilientAttribute(string category) : Attribute
{
    public string Category => category;
}

/// <summary>Reads an activity class once: its attributes become a descriptor, its properties become delegates.</summary>
internal sealed class ActivityDescriber
{
    public ActivityDescriptor Describe(Type type)
    {
        var attribute = type.GetCustomAttribute<ActivityAttribute>(false);
        var ns = ActivityTypeNameHelper.GenerateNamespace(type);
        var typeName = ActivityTypeNameHelper.GenerateTypeName(type, ns);
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(x => x.GetIndexParameters().Length == 0).ToList();
        var isTrigger = typeof(ITrigger).IsAssignableFrom(type);
        return new ActivityDescriptor
        {
            TypeName = typeName,
            ClrType = type,
            Namespace = ns ?? "",
            Name = typeName[(typeName.LastIndexOf('.') + 1)..],
            Version = attribute?.Version ?? 1,
            Category = attribute?.Category ?? ActivityTypeNameHelper.GetCategoryFromNamespace(ns),
            DisplayName = attribute?.DisplayName ?? Words(typeName[(typeName.LastIndexOf('.') + 1)..]),
            Description = attribute?.Description,
            Kind = isTrigger ? ActivityKind.Trigger : attribute?.Kind ?? ActivityKind.Action,
            RunAsynchronously = attribute?.RunAsynchronously ?? false,
            IsContainer = typeof(Elsa.Workflows.Activities.Container).IsAssignableFrom(type),
            IsBrowsable = type.GetCustomAttribute<System.ComponentModel.BrowsableAttribute>()?.Browsable ?? true,
            IsStart = typeof(IStartNode).IsAssignableFrom(type),
            IsTerminal = typeof(ITerminalNode).IsAssignableFrom(type),
            Attributes = [.. type.GetCustomAttributes()],
            CustomProperties = type.GetCustomAttribute<ResilientAttribute>() is { } resilient ? new Dictionary<string, object> { ["Resilient"] = true, ["ResilienceCategory"] = resilient.Category } : [],
            Ports = [.. Ports(type, properties)],
            Inputs = [.. properties.Where(IsInput).Select(Input)],
            Outputs = [.. properties.Where(x => typeof(Output).IsAssignableFrom(x.PropertyType)).Select(property => Output(type, property))],
            Constructor = context => context.CreateActivity(type)
        };
    }

    private static IEnumerable<Port> Ports(Type type, List<PropertyInfo> properties)
    {
        var embedded = properties.Where(x => typeof(IActivity).IsAssignableFrom(x.PropertyType) && x.GetCustomAttribute<System.Text.Json.Serialization.JsonIgnoreAttribute>() is null).ToList();
        foreach (var property in embedded)
        {
            var port = property.GetCustomAttribute<PortAttribute>();
            var name = port?.Name ?? property.Name;
            yield return new Port
            {
                Name = name,
                DisplayName = port?.DisplayName ?? Words(name),
                Type = PortType.Embedded,
                IsBrowsable = property.GetCustomAttribute<System.ComponentModel.BrowsableAttribute>()?.Browsable ?? port is not null
            };
        }

        // Who names none has the one that the designer adds by itself: Done.
        foreach (var outcome in type.GetCustomAttribute<FlowNodeAttribute>()?.Outcomes ?? [])
            yield return new Port { Name = outcome, DisplayName = Sentence(outcome), Type = PortType.Flow };
    }

    // `NoChanges` → `No changes`.
    private static string Sentence(string name) => Words(name) is { Length: > 0 } words ? words[0] + words[1..].ToLowerInvariant() : name;

    private static bool IsInput(PropertyInfo property) => typeof(Input).IsAssignableFrom(property.PropertyType) || property.GetCustomAttribute<InputAttribute>() is not null;

    private static InputDescriptor Input(PropertyInfo property)
    {
        var attribute = property.GetCustomAttribute<InputAttribute>();
        var wrapped = typeof(Input).IsAssignableFrom(property.PropertyType);
        var type = wrapped ? property.PropertyType.GenericTypeArguments.FirstOrDefault() ?? typeof(object) : property.PropertyType;
        return new InputDescriptor(attribute?.Name ?? property.Name, type, Getter(property), Setter(property), wrapped, attribute?.UIHint ?? InputHints.For(type),
            attribute?.DisplayName ?? Words(attribute?.Name ?? property.Name), attribute?.Description, attribute?.Category, attribute?.Order ?? 0, Default(property, attribute),
            attribute?.DefaultSyntax ?? "Literal", attribute?.IsReadOnly ?? false, attribute?.IsBrowsable ?? true, attribute?.IsSerializable ?? true, false,
            attribute?.AutoEvaluate ?? true, attribute?.EvaluatorType, null, property, InputHints.Specifications(property, attribute, type))
        {
            IsSensitive = attribute?.CanContainSecrets ?? false
        };
    }

    private static object? Default(PropertyInfo property, InputAttribute? attribute) =>
        attribute?.DefaultValueProvider is { } provider && ActivityReader.Create(provider) is IActivityPropertyDefaultValueProvider known ? known.GetDefaultValue(property) : attribute?.DefaultValue;

    private static OutputDescriptor Output(Type owner, PropertyInfo property)
    {
        var attribute = property.GetCustomAttribute<OutputAttribute>() ?? (property.Name == "Result" ? owner.GetCustomAttribute<OutputAttribute>() : null);
        var type = property.PropertyType.GenericTypeArguments.FirstOrDefault() ?? typeof(object);
        var name = attribute?.Name ?? property.Name;
        return new OutputDescriptor(name, attribute?.DisplayName ?? Words(name), type, Getter(property), Setter(property), property, attribute?.Description,
            attribute?.IsBrowsable ?? true, attribute?.IsSerializable);
    }

    private static Func<IActivity, object?> Getter(PropertyInfo property)
    {
        var activity = Expression.Parameter(typeof(IActivity));
        var body = Expression.Convert(Expression.Property(Expression.Convert(activity, property.DeclaringType!), property), typeof(object));
        return Expression.Lambda<Func<IActivity, object?>>(body, activity).Compile();
    }

    private static Action<IActivity, object?> Setter(PropertyInfo property)
    {
        if (property.SetMethod is null) return (_, _) => { };
        var activity = Expression.Parameter(typeof(IActivity));
        var value = Expression.Parameter(typeof(object));
        var body = Expression.Assign(Expression.Property(Expression.Convert(activity, property.DeclaringType!), property), Expression.Convert(value, property.PropertyType));
        return Expression.Lambda<Action<IActivity, object?>>(body, activity, value).Compile();
    }

    /// <summary><c>WriteHttpResponse</c> → <c>Write Http Response</c>.</summary>
    internal static string Words(string name)
    {
        var result = new System.Text.StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && (char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])))) result.Append(' ');
            result.Append(name[i]);
        }

        return result.ToString();
    }
}
