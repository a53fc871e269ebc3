using System.Collections;
using System.Reflection;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Memory;

namespace AgentOS.Engine.Definitions;

/// <summary>Which control of the designer edits an input.</summary>
internal static class InputHints
{
    public static string For(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(bool)) return "checkbox";
        if (type == typeof(string)) return "singleline";
        if (typeof(Variable).IsAssignableFrom(type)) return "variable-picker";
        if (type.IsEnum) return "dropdown";
        if (type == typeof(Type)) return "type-picker";
        if (type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type)) return "dropdown";
        return "singleline";
    }

    public static Dictionary<string, object> Specifications(PropertyInfo property, InputAttribute? attribute, Type type)
    {
        var result = new Dictionary<string, object>();
        var hint = attribute?.UIHint ?? For(type);
        var names = attribute?.Options is string[] options ? options : (Nullable.GetUnderlyingType(type) ?? type).IsEnum ? Names(Nullable.GetUnderlyingType(type) ?? type) : null;
        if (names is null) return result;
        var items = names.Select(name => new { text = attribute?.Options is null ? ActivityDescriber.Words(name) : name, value = name }).ToList();
        if (hint == "checklist") result["checklist"] = new { checkList = new { items, isFlagsEnum = false } };
        else if (hint == "radiolist") result["radiolist"] = new { radioList = new { items, isFlagsEnum = false } };
        else result["dropdown"] = new { selectList = new { items, isFlagsEnum = false } };
        return result;
    }

    // One name for each value, though there may be others.
    private static string[] Names(Type type) => [.. Enum.GetValues(type).Cast<object>().Select(value => value.ToString()!).Distinct()];
}
