using System.Text.Json;
using System.Text.RegularExpressions;
using AgentOS.Engine.Expressions.JavaScript;
using Elsa.Expressions.Contracts;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Definitions;

/// <summary>Inputs and outputs of one activity: the syntax of expressions, and the names that they use.</summary>
internal sealed partial class ValueChecks(IExpressionDescriptorRegistry expressions, JavaScriptEvaluator scripts)
{
    public IEnumerable<string> Check(ActivityOutline activity, ActivityDescriptor descriptor, DeclaredNames names)
    {
        foreach (var (place, expression) in Expressions(activity, descriptor))
            if (Check(expression, names) is { } mistake) yield return $"'{place}': {mistake}";
        foreach (var output in descriptor.Outputs)
            if (activity.Find(output.Name) is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty("memoryReference", out var memory) && memory.ValueKind == JsonValueKind.Object
                && memory.Text("id") is { Length: > 0 } id && !names.VariableIds.Contains(id) && !names.Outputs.Contains(id))
                yield return $"'{output.Name}' goes to '{id}', which is neither a variable nor an output of the workflow.{Known(names.VariableNames)}";
        if (activity.Type == "Elsa.SetVariable" && activity.Find("variable") is { ValueKind: JsonValueKind.Object } variable && (variable.Text("id") ?? variable.Text("name")) is { Length: > 0 } target
            && !names.VariableIds.Contains(target) && !(variable.Text("name") is { } name && names.VariableNames.Contains(name)))
            yield return $"'Variable' is '{target}', which is not declared.{Known(names.VariableNames)}";
    }

    // The inputs, and what the cases of a switch or the transitions of a state machine decide by.
    private static IEnumerable<(string Place, JsonElement Expression)> Expressions(ActivityOutline activity, ActivityDescriptor descriptor)
    {
        foreach (var input in descriptor.Inputs)
        {
            if (activity.Find(input.Name) is not { } value) continue;
            if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("expression", out var expression) && expression.ValueKind == JsonValueKind.Object) yield return (input.Name, expression);
            if (value.ValueKind != JsonValueKind.Array) continue;
            foreach (var (index, item) in value.EnumerateArray().Index())
                if (item.ValueKind == JsonValueKind.Object && item.TryGetProperty("condition", out var condition) && condition.ValueKind == JsonValueKind.Object)
                    yield return ($"{input.Name}, {item.Text("label") ?? $"case {index + 1}"}", condition.TryGetProperty("expression", out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : condition);
        }
    }

    private string? Check(JsonElement expression, DeclaredNames names)
    {
        var type = expression.Text("type") ?? "Literal";
        if (expressions.Find(type) is null) return $"there is no expression type '{type}' here.{Known(expressions.ListAll().Where(each => each.IsSerializable && each.Type != "Output").Select(each => each.Type))}";
        if (!expression.TryGetProperty("value", out var value) || value.ValueKind is JsonValueKind.Null) return null;
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return type switch
        {
            "JavaScript" => Script(text, names),
            "Liquid" => Template(text, names),
            "Object" or "Json" when value.ValueKind == JsonValueKind.String => Json(text),
            "Variable" => Variable(value, names),
            "Input" when (value.ValueKind == JsonValueKind.Object ? value.Text("name") : text) is { Length: > 0 } input && !names.Inputs.Contains(input) => $"the workflow has no input '{input}'.{Known(names.Inputs)}",
            _ => null,
        };
    }

    private string? Script(string text, DeclaredNames names)
    {
        if (text.Length == 0) return null;
        try
        {
            scripts.Prepare(text);
        }
        catch (Exception broken) when (broken is Jint.Runtime.JavaScriptException or Acornima.ParseErrorException or Jint.ScriptPreparationException)
        {
            return $"the JavaScript cannot be read: {(broken.InnerException ?? broken).Message}";
        }
        // A variable may also come into being by being set.
        var set = SetVariable().Matches(text).Select(match => match.Groups[1].Value).ToHashSet();
        return Unknown(GetVariable().Matches(text).Select(match => match.Groups[1].Value + match.Groups[2].Value).Where(name => !set.Contains(name)), names);
    }

    private static string? Template(string text, DeclaredNames names)
    {
        if (text.Length == 0) return null;
        try
        {
            DotLiquid.Template.Parse(text);
        }
        catch (DotLiquid.Exceptions.SyntaxException broken)
        {
            return $"the Liquid template cannot be read: {broken.Message}";
        }
        return Unknown(LiquidVariable().Matches(text).Select(match => match.Groups[1].Value), names);
    }

    private static string? Json(string text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        try
        {
            using var read = JsonDocument.Parse(text);
            return null;
        }
        catch (JsonException broken)
        {
            return $"the JSON cannot be read: {broken.Message}";
        }
    }

    private static string? Variable(JsonElement value, DeclaredNames names)
    {
        var id = value.ValueKind == JsonValueKind.Object ? value.Text("id") is { Length: > 0 } given ? given : value.Text("name") : value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return string.IsNullOrEmpty(id) || names.VariableIds.Contains(id) || (value.ValueKind == JsonValueKind.Object && value.Text("name") is { } name && names.VariableNames.Contains(name))
            ? null
            : $"there is no variable '{id}'.{Known(names.VariableNames)}";
    }

    private static string? Unknown(IEnumerable<string> used, DeclaredNames names) =>
        used.FirstOrDefault(name => !names.VariableNames.Contains(name)) is { } unknown ? $"there is no variable '{unknown}'.{Known(names.VariableNames)}" : null;

    private static string Known(IEnumerable<string> names) => names.Order(StringComparer.Ordinal).ToList() is { Count: > 0 } known ? $" There are: {string.Join(", ", known)}." : " None is declared.";

    [GeneratedRegex("""\bgetVariable\(\s*(?:'([^'\\]+)'|"([^"\\]+)")\s*\)""")]
    private static partial Regex GetVariable();

    [GeneratedRegex("""\bsetVariable\(\s*['"]([^'"\\]+)['"]""")]
    private static partial Regex SetVariable();

    [GeneratedRegex("""\{[\{%][^}]*?\bVariables\.(\w+)""")]
    private static partial Regex LiquidVariable();
}
