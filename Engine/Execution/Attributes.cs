namespace Elsa.Workflows.Attributes
{
    /// <summary>Names an activity: namespace and type make the type name of the JSON.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public class ActivityAttribute : Attribute
    {
        public ActivityAttribute() { }

        public ActivityAttribute(string? @namespace, string? category, string? description = null)
        {
            Namespace = @namespace;
            Category = category;
            Description = description;
        }

        public ActivityAttribute(string @namespace, string? description = null)
        {
            Namespace = @namespace;
            Description = description;
            Category = @namespace;
        }

        public ActivityAttribute(string @namespace, string? type, int version = 1, string? description = null, string? category = null)
        {
            Namespace = @namespace;
            Type = type;
            Version = version;
            Description = description;
            Category = category;
        }

        public string? Namespace { get; set; }
        public string? Type { get; set; }
        public int Version { get; set; } = 1;
        public string? Description { get; set; }
        public string? DisplayName { get; set; }
        public string? Category { get; set; }
        public ActivityKind Kind { get; set; } = ActivityKind.Action;
        public bool RunAsynchronously { get; set; }
    }

    [AttributeUsage(AttributeTargets.Property)]
    public class InputAttribute : Attribute
    {
        public string? Name { get; set; }
        public string? UIHint { get; set; }
        public string? DisplayName { get; set; }
        public string? Description { get; set; }
        public string? Category { get; set; }
        public object? Options { get; set; }
        public float Order { get; set; }
        public object? DefaultValue { get; set; }
        public Type? DefaultValueProvider { get; set; }
        public string? DefaultSyntax { get; set; }
        public string[]? SupportedSyntaxes { get; set; }
        public bool IsReadOnly { get; set; }
        public bool IsBrowsable { get; set; } = true;

        /// <summary>Evaluated before the activity runs; false: the activity evaluates it itself.</summary>
        public bool AutoEvaluate { get; set; } = true;

        public Type? EvaluatorType { get; set; }
        public bool IsSerializable { get; set; } = true;

        /// <summary>The evaluated value is never recorded.</summary>
        public bool CanContainSecrets { get; set; }

        public Type? UIHandler { get; set; }
        public Type[]? UIHandlers { get; set; }
    }

    /// <summary>On a property; on a class, for its result.</summary>
    [AttributeUsage(AttributeTargets.Property | AttributeTargets.Class)]
    public class OutputAttribute : Attribute
    {
        public string? Name { get; set; }
        public string? DisplayName { get; set; }
        public string? Description { get; set; }
        public bool IsBrowsable { get; set; } = true;
        public bool IsSerializable { get; set; } = true;
    }

    /// <summary>A property that holds an activity.</summary>
    [AttributeUsage(AttributeTargets.Property)]
    public class PortAttribute : Attribute
    {
        public PortAttribute(string? name = null) => Name = name;

        public PortAttribute(string name, string displayName)
        {
            Name = name;
            DisplayName = displayName;
        }

        public string? Name { get; set; }
        public string? DisplayName { get; set; }
    }
}

namespace Elsa.Workflows
{
    /// <summary>Knows the values that inputs have before anybody sets them, where an attribute cannot hold them.</summary>
    public interface IActivityPropertyDefaultValueProvider
    {
        object? GetDefaultValue(System.Reflection.PropertyInfo property);
    }
}

namespace Elsa.Workflows.Activities.Flowchart.Attributes
{
    /// <summary>The outcomes that a flowchart can connect.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public class FlowNodeAttribute(params string[] outcomes) : Attribute
    {
        public ICollection<string> Outcomes { get; } = outcomes;
    }
}

namespace Elsa.Workflows.Attributes
{
    /// <summary>Left out when a stimulus is compared.</summary>
    [AttributeUsage(AttributeTargets.Property)]
    public class ExcludeFromHashAttribute : Attribute;
}
