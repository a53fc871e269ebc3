using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Elsa.Workflows;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Runtime.Api.Scripting;

/// <summary>
/// What the script editor knows of a definition: its variables, its inputs and the outputs of its activities, as TypeScript.
/// Names come from a definition that anyone may have written: whatever is no identifier is left out, or quoted.
/// </summary>
internal sealed partial class TypeDefinitions(IActivityRegistry registry)
{
    private const int DeepestActivity = 64;

    private static readonly string Functions = ReadFunctions();

    public string Write(JsonElement model)
    {
        var text = new StringBuilder(Functions);
        var variables = Named(model, "variables").ToList();
        text.Append("\n/** The variables of the workflow. */\ninterface WorkflowVariables {\n");
        foreach (var (name, type) in variables) text.Append("  ").Append(Quoted(name)).Append(": ").Append(type).Append(";\n");
        text.Append("}\ndeclare const variables: WorkflowVariables;\n");

        foreach (var (name, type) in variables.Where(variable => Identifier().IsMatch(variable.Name)))
            text.Append($"declare function get{Pascal(name)}(): {type};\ndeclare function set{Pascal(name)}(value: {type}): void;\n");
        foreach (var (name, type) in Named(model, "inputs").Where(input => Identifier().IsMatch(input.Name)))
            text.Append($"/** Input of the workflow. */\ndeclare function get{Pascal(name)}(): {type};\n");
        if (model.TryGetProperty("root", out var root)) WriteOutputs(root, text, [], 0);
        return text.ToString();
    }

    private void WriteOutputs(JsonElement element, StringBuilder text, HashSet<string> written, int depth)
    {
        if (depth > DeepestActivity) return;
        switch (element.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray()) WriteOutputs(item, text, written, depth + 1);
                break;
            case JsonValueKind.Object:
                WriteOutputsOf(element, text, written);
                foreach (var property in element.EnumerateObject()) WriteOutputs(property.Value, text, written, depth + 1);
                break;
        }
    }

    private void WriteOutputsOf(JsonElement activity, StringBuilder text, HashSet<string> written)
    {
        if (Text(activity, "type") is not { } type || registry.Find(type) is not { Outputs.Count: > 0 } descriptor) return;
        var name = Text(activity, "name") is { Length: > 0 } given ? given : Text(activity, "id");
        if (name is null || !Identifier().IsMatch(name)) return;
        foreach (var output in descriptor.Outputs)
            if (written.Add($"get{output.Name}From{Pascal(name)}"))
                text.Append($"/** Output of {Comment(descriptor)}. */\ndeclare function get{output.Name}From{Pascal(name)}(): {Script(output.Type)};\n");
    }

    private static IEnumerable<(string Name, string Type)> Named(JsonElement model, string list)
    {
        if (!model.TryGetProperty(list, out var items) || items.ValueKind != JsonValueKind.Array) yield break;
        foreach (var item in items.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object))
            if (Text(item, "name") is { Length: > 0 } name)
                yield return (name, Script(Text(item, "typeName") ?? Text(item, "type")) + (item.TryGetProperty("isArray", out var array) && array.ValueKind == JsonValueKind.True ? "[]" : ""));
    }

    private static string Script(string? alias) => alias switch
    {
        "String" or "Guid" or "DateTime" or "DateTimeOffset" or "TimeSpan" => "string",
        "Boolean" => "boolean",
        "Byte" or "Int16" or "Int32" or "Int64" or "Long" or "Single" or "Double" or "Decimal" => "number",
        "StringDictionary" => "Record<string, string>",
        "ObjectDictionary" or "JSON" or "JsonObject" => "Record<string, any>",
        "ByteArray" => "Bytes",
        _ => "any",
    };

    private static string Script(Type type) => Nullable.GetUnderlyingType(type) is { } value ? Script(value) : Script(type.Name);

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Comment(ActivityDescriptor descriptor) => (descriptor.DisplayName ?? descriptor.Name).Replace("*/", "", StringComparison.Ordinal);

    private static string Pascal(string name) => char.ToUpperInvariant(name[0]) + name[1..];

    private static string Quoted(string name) => Identifier().IsMatch(name) ? name : JsonSerializer.Serialize(name);

    private static string ReadFunctions()
    {
        using var reader = new StreamReader(typeof(TypeDefinitions).Assembly.GetManifestResourceStream("functions.d.ts")!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex("^[A-Za-z_$][A-Za-z0-9_$]*$")]
    private static partial Regex Identifier();
}
