using Elsa.Expressions.Contracts;

namespace AgentOS.Engine.Runtime.Api.Descriptors;

/// <summary>How types are named to the designer: by alias, else in a form that says that no JSON may ask for it.</summary>
internal sealed class TypeNames(IWellKnownTypeRegistry types)
{
    private static readonly Dictionary<Type, string> Generics = new()
    {
        [typeof(List<>)] = "List", [typeof(ICollection<>)] = "List", [typeof(IEnumerable<>)] = "List", [typeof(IList<>)] = "List", [typeof(HashSet<>)] = "HashSet",
    };

    public string this[Type type]
    {
        get
        {
            if (types.TryGetAlias(type, out var alias)) return alias;
            if (Nullable.GetUnderlyingType(type) is { } value) return this[value];
            if (type.IsArray) return this[type.GetElementType()!] + "[]";
            if (type.IsGenericType && Generics.TryGetValue(type.GetGenericTypeDefinition(), out var generic) && types.TryGetAlias(type.GenericTypeArguments[0], out _)) return $"{generic}<{this[type.GenericTypeArguments[0]]}>";
            return Unregistered(type);
        }
    }

    public static string Unregistered(Type type) => $"UnregisteredClrType:{Plain(type)}, {type.Assembly.GetName().Name}";

    // Without the versions of assemblies.
    private static string Plain(Type type) => type.IsGenericType
        ? $"{type.GetGenericTypeDefinition().FullName}[{string.Join(',', type.GenericTypeArguments.Select(argument => $"[{Plain(argument)}, {argument.Assembly.GetName().Name}]"))}]"
        : type.FullName ?? type.Name;
}
