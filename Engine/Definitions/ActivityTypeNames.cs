using System.Reflection;
using Elsa.Workflows.Attributes;

namespace Elsa.Workflows.Helpers;

/// <summary>The name of an activity type, as the JSON has it.</summary>
public static class ActivityTypeNameHelper
{
    public static string GenerateTypeName<T>() where T : IActivity => GenerateTypeName(typeof(T));
    public static string GenerateTypeName(Type type) => GenerateTypeName(type, GenerateNamespace(type));

    public static string GenerateTypeName(Type type, string? ns)
    {
        var name = type.GetCustomAttribute<ActivityAttribute>(false)?.Type ?? (type.IsGenericType ? type.Name[..type.Name.IndexOf('`')] : type.Name);
        return string.IsNullOrEmpty(ns) ? name : $"{ns}.{name}";
    }

    public static string? GenerateNamespace(Type activityType) =>
        activityType.GetCustomAttribute<ActivityAttribute>(false)?.Namespace ?? activityType.GetCustomAttribute<ActivityAttribute>()?.Namespace ?? activityType.Namespace;

    public static string GetCategoryFromNamespace(string? ns) => string.IsNullOrWhiteSpace(ns) ? "Miscellaneous" : ns[(ns.LastIndexOf('.') + 1)..];
}
