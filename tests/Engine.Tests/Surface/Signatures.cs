using System.Reflection;
using System.Text;

namespace AgentOS.Engine.Tests.Surface;

/// <summary>Types and their members in the words of the listing.</summary>
internal static class Signatures
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // Written by the compiler for records, enums and delegates.
    private static readonly HashSet<string> Generated = ["EqualityContract", "PrintMembers", "<Clone>$", "Equals", "GetHashCode", "ToString", "Deconstruct", "BeginInvoke", "EndInvoke", "op_Equality", "op_Inequality", "value__"];

    public static string Key(Type type) => $"{type.Namespace}.{Name(type)}";

    /// <summary>Kind and name: <c>abstract class Activity&lt;T&gt;</c>.</summary>
    public static string Head(Type type) => type switch
    {
        { IsInterface: true } => $"interface {Name(type)}",
        { IsEnum: true } => $"enum {Name(type)}",
        { IsValueType: true } => $"struct {Name(type)}",
        { IsAbstract: true, IsSealed: true } => $"static class {Name(type)}",
        _ => $"{(type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "")}class {Name(type)}",
    };

    /// <summary>The base class and all interfaces.</summary>
    public static IEnumerable<string> Bases(Type type) => type.GetInterfaces().Where(x => x.IsVisible)
        .Concat(type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum) ? [parent] : []).Select(Name);

    public static IEnumerable<Member> Of(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type)) return [Method(type.GetMethod("Invoke")!)];
        return type.GetConstructors(Own).Where(x => Visible(x) && !x.IsStatic && !IsCopy(x, type)).Select(x => Of($"ctor({Parameters(x)})", x))
            .Concat(type.GetProperties(Own).Where(x => Visible(Getter(x)) && !Generated.Contains(x.Name) && x.GetIndexParameters().Length == 0).Select(Property))
            .Concat(type.GetFields(Own).Where(x => x.IsPublic && !x.IsSpecialName).Select(x => new Member($"{Name(x.FieldType)} {x.Name};", false, x.IsStatic, false, false, false)))
            .Concat(type.GetMethods(Own).Where(x => Visible(x) && !x.IsSpecialName && x.GetBaseDefinition() == x && !Generated.Contains(x.Name)).Select(Method));
    }

    private static Member Of(string signature, MethodBase method, bool settable = false)
    {
        // Of an interface all is to be implemented, and the listing says it of none.
        var isOpen = method is { IsVirtual: true, IsFinal: false, DeclaringType.IsInterface: false };
        return new(signature, method.IsFamily || method.IsFamilyOrAssembly, method.IsStatic, isOpen && method.IsAbstract, isOpen, settable);
    }

    // Whether a property is virtual, the listing does not say.
    private static Member Property(PropertyInfo property) =>
        Of($"{Name(property.PropertyType)} {property.Name}", Getter(property), property.SetMethod is { } setter && Visible(setter)) with { Abstract = false, Overridable = false };

    private static MethodInfo Getter(PropertyInfo property) => property.GetMethod ?? property.SetMethod!;

    private static bool Visible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;
    private static bool IsCopy(ConstructorInfo constructor, Type type) => constructor.GetParameters() is [var only] && only.ParameterType == type;

    private static Member Method(MethodInfo method)
    {
        var generic = method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(x => x.Name))}>" : "";
        return Of($"{Name(method.ReturnType)} {method.Name}{generic}({Parameters(method)})", method);
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(x => $"{(x.ParameterType.IsByRef ? "ref " : "")}{Name(x.ParameterType)} {x.Name}{(x.IsOptional ? "?" : "")}"));

    private static string Name(Type type)
    {
        if (type.IsByRef) return Name(type.GetElementType()!);
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (Nullable.GetUnderlyingType(type) is { } value) return Name(value) + "?";
        var name = type switch
        {
            _ when type == typeof(string) => "string", _ when type == typeof(int) => "int", _ when type == typeof(bool) => "bool", _ when type == typeof(object) => "object",
            _ when type == typeof(long) => "long", _ when type == typeof(double) => "double", _ when type == typeof(void) => "void", _ => type.Name
        };
        if (!type.IsGenericType) return name;
        var result = new StringBuilder(name[..name.IndexOf('`')]).Append('<');
        return result.AppendJoin(", ", type.GetGenericArguments().Select(Name)).Append('>').ToString();
    }
}
