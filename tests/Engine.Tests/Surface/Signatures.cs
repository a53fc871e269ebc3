using System.Reflection;
using System.Text;

namespace AgentOS.Engine.Tests.Surface;

/// <summary>Members in the words of the listing: <c>ValueTask CompleteActivityAsync(object result?)</c>.</summary>
internal static class Signatures
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // Written by the compiler for records, enums and delegates.
    private static readonly HashSet<string> Generated = ["EqualityContract", "PrintMembers", "<Clone>$", "Equals", "GetHashCode", "ToString", "Deconstruct", "BeginInvoke", "EndInvoke", "op_Equality", "op_Inequality", "value__"];

    public static string Key(Type type) => $"{type.Namespace}.{Name(type)}";

    public static IEnumerable<string> Of(Type type)
    {
        if (type.IsEnum) return Enum.GetNames(type);
        if (typeof(Delegate).IsAssignableFrom(type)) return [Method(type.GetMethod("Invoke")!)];
        return type.GetConstructors(Own).Where(x => Visible(x) && !x.IsStatic && !IsCopy(x, type)).Select(x => $"ctor({Parameters(x)})")
            .Concat(type.GetProperties(Own).Where(x => Visible(x.GetMethod ?? x.SetMethod!) && !Generated.Contains(x.Name) && x.GetIndexParameters().Length == 0).Select(x => $"{Name(x.PropertyType)} {x.Name}"))
            .Concat(type.GetFields(Own).Where(x => x.IsPublic).Select(x => $"{Name(x.FieldType)} {x.Name};"))
            .Concat(type.GetMethods(Own).Where(x => Visible(x) && !x.IsSpecialName && x.GetBaseDefinition() == x && !Generated.Contains(x.Name)).Select(Method));
    }

    private static bool Visible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;
    private static bool IsCopy(ConstructorInfo constructor, Type type) => constructor.GetParameters() is [var only] && only.ParameterType == type;

    private static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(x => x.Name))}>" : "";
        return $"{Name(method.ReturnType)} {method.Name}{generic}({Parameters(method)})";
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
