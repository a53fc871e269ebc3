using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Elsa.Workflows.Models;

/// <summary>What is known of an activity type: its name, inputs, outputs and ports.</summary>
public class ActivityDescriptor
{
    public string? TenantId { get; set; }
    public string TypeName { get; set; } = null!;

    [JsonIgnore]
    public Type ClrType { get; set; } = null!;

    public string Namespace { get; set; } = null!;
    public string Name { get; set; } = null!;
    public int Version { get; set; }
    public string Category { get; set; } = null!;
    public string? DisplayName { get; set; }
    public string? Description { get; set; }
    public ICollection<InputDescriptor> Inputs { get; set; } = [];
    public ICollection<OutputDescriptor> Outputs { get; set; } = [];

    [JsonIgnore]
    public ICollection<Attribute> Attributes { get; set; } = [];

    [JsonIgnore]
    public Func<ActivityConstructorContext, ActivityConstructionResult> Constructor { get; set; } = null!;

    public ActivityKind Kind { get; set; } = ActivityKind.Action;
    public bool RunAsynchronously { get; set; }
    public ICollection<Port> Ports { get; set; } = [];
    public IDictionary<string, object> CustomProperties { get; set; } = new Dictionary<string, object>();
    public IDictionary<string, object> ConstructionProperties { get; set; } = new Dictionary<string, object>();
    public bool IsContainer { get; set; }
    public bool IsBrowsable { get; set; } = true;
    public bool IsStart { get; set; }
    public bool IsTerminal { get; set; }

    [JsonIgnore]
    public Func<JsonSerializerOptions, JsonSerializerOptions>? ConfigureSerializerOptions { get; set; }

    // The same, laid out for the interpreter.
    internal AgentOS.Engine.Definitions.ActivityPlan? Plan;
}

public abstract class PropertyDescriptor
{
    public string Name { get; set; } = null!;
    public Type Type { get; set; } = null!;
    public string? DisplayName { get; set; }
    public string? Description { get; set; }
    public float Order { get; set; }
    public bool? IsBrowsable { get; set; }
    public bool? IsSerializable { get; set; }
    public bool IsSynthetic { get; set; }

    [JsonIgnore]
    public Func<IActivity, object?> ValueGetter { get; set; } = null!;

    [JsonIgnore]
    public Action<IActivity, object?> ValueSetter { get; set; } = null!;

    [JsonIgnore]
    public PropertyInfo? PropertyInfo { get; set; }
}

public class InputDescriptor : PropertyDescriptor
{
    public InputDescriptor() { }

    public InputDescriptor(string name, Type type, Func<IActivity, object?> valueGetter, Action<IActivity, object?> valueSetter, bool isWrapped, string uiHint, string displayName,
        string? description = null, string? category = null, float order = 0, object? defaultValue = null, string? defaultSyntax = "Literal", bool isReadOnly = false,
        bool isBrowsable = true, bool isSerializable = true, bool isSynthetic = false, bool autoEvaluate = true, Type? evaluatorType = null, Type? storageDriverType = null,
        PropertyInfo? propertyInfo = null, IDictionary<string, object>? uiSpecifications = null)
    {
        Name = name;
        Type = type;
        ValueGetter = valueGetter;
        ValueSetter = valueSetter;
        IsWrapped = isWrapped;
        UIHint = uiHint;
        DisplayName = displayName;
        Description = description;
        Category = category;
        Order = order;
        DefaultValue = defaultValue;
        DefaultSyntax = defaultSyntax;
        IsReadOnly = isReadOnly;
        IsBrowsable = isBrowsable;
        IsSerializable = isSerializable;
        IsSynthetic = isSynthetic;
        AutoEvaluate = autoEvaluate;
        EvaluatorType = evaluatorType;
        StorageDriverType = storageDriverType;
        PropertyInfo = propertyInfo;
        UISpecifications = uiSpecifications;
    }

    /// <summary>An <see cref="Input{T}"/>; false: a plain property.</summary>
    public bool IsWrapped { get; set; }

    public string UIHint { get; set; } = null!;
    public string? Category { get; set; }
    public object? DefaultValue { get; set; }
    public string? DefaultSyntax { get; set; } = "Literal";
    public bool? IsReadOnly { get; set; }
    public bool IsSensitive { get; set; }

    [JsonIgnore]
    public Type? StorageDriverType { get; set; }

    public bool AutoEvaluate { get; set; } = true;

    [JsonIgnore]
    public Type? EvaluatorType { get; set; }

    public IDictionary<string, object>? UISpecifications { get; set; }
}

public class OutputDescriptor : PropertyDescriptor
{
    public OutputDescriptor() { }

    public OutputDescriptor(string name, string displayName, Type type, Func<IActivity, object?> valueGetter, Action<IActivity, object?> valueSetter, PropertyInfo? propertyInfo = null,
        string? description = null, bool? isBrowsable = null, bool? isSerializable = null)
    {
        Name = name;
        DisplayName = displayName;
        Type = type;
        ValueGetter = valueGetter;
        ValueSetter = valueSetter;
        PropertyInfo = propertyInfo;
        Description = description;
        IsBrowsable = isBrowsable;
        IsSerializable = isSerializable;
    }
}

/// <summary>A way out of an activity: to an activity inside it, or along a connection.</summary>
public class Port
{
    public string Name { get; set; } = null!;
    public string? DisplayName { get; set; }
    public PortType Type { get; set; }
    public bool IsBrowsable { get; set; } = true;
}

public record ActivityConstructorContext(ActivityDescriptor ActivityDescriptor, Func<Type, ActivityConstructionResult> ActivityFactory)
{
    public ActivityConstructionResult<T> CreateActivity<T>() where T : IActivity => CreateActivity(typeof(T)).Cast<T>();
    public ActivityConstructionResult CreateActivity(Type type) => ActivityFactory(type);
}

public class ActivityConstructionResult(IActivity activity, IEnumerable<Exception>? exceptions = null)
{
    public bool HasExceptions => Exceptions.Any();
    public IActivity Activity { get; } = activity;
    public IEnumerable<Exception> Exceptions { get; } = exceptions ?? [];
    public ActivityConstructionResult<TActivity> Cast<TActivity>() where TActivity : IActivity => new((TActivity)Activity, Exceptions);
}

public sealed class ActivityConstructionResult<TActivity>(TActivity activity, IEnumerable<Exception>? exceptions = null) : ActivityConstructionResult(activity, exceptions) where TActivity : IActivity
{
    public new TActivity Activity => (TActivity)base.Activity;
}
