using System.Text.Json;
using AgentOS.Engine.Services;
using Elsa.Expressions.Contracts;
using Elsa.Expressions.Models;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Definitions;

/// <summary>Reads inputs, outputs, expressions and variables.</summary>
internal sealed class ValueReader(IExpressionDescriptorRegistry expressions, TypeAliases types)
{
    public Input ReadInput(JsonElement json, Type inputType)
    {
        var expression = json.ValueKind == JsonValueKind.Object && (json.TryGetProperty("expression", out var given) || json.TryGetProperty("typeName", out _))
            ? given.ValueKind == JsonValueKind.Object ? ReadExpression(given) : null
            : new Expression("Literal", ReadLiteral(json));
        return (Input)Activator.CreateInstance(inputType, expression, new MemoryBlockReference())!;
    }

    public Output? ReadOutput(JsonElement json, Type outputType)
    {
        var reference = json.ValueKind switch
        {
            JsonValueKind.Object when json.TryGetProperty("memoryReference", out var memory) => memory.ValueKind == JsonValueKind.Object ? memory.Text("id") : null,
            _ => null
        };
        return reference is null ? null : (Output)Activator.CreateInstance(outputType, new MemoryBlockReference(reference))!;
    }

    /// <summary>Null for a syntax that is not known here: the input then has no value.</summary>
    public Expression? ReadExpression(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) return new Expression("Literal", ReadLiteral(json));
        var type = json.Text("type") ?? "Literal";
        if (expressions.Find(type) is null) return null;
        json.TryGetProperty("value", out var value);
        return new Expression(type, type switch
        {
            "Literal" => ReadLiteral(value),
            "Variable" => value.ValueKind == JsonValueKind.Object ? ReadVariable(value) : value.ValueKind == JsonValueKind.String ? new Variable { Id = value.GetString()!, Name = value.GetString()! } : null,
            "Input" => value.ValueKind == JsonValueKind.Object ? value.Text("name") : value.ValueKind == JsonValueKind.String ? value.GetString() : null,
            _ => value.ValueKind switch
            {
                JsonValueKind.Undefined or JsonValueKind.Null => null,
                JsonValueKind.String => value.GetString(),
                _ => value.GetRawText()
            }
        });
    }

    public static object? ReadLiteral(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.TryGetInt32(out var number) ? (object)number : value.TryGetInt64(out var large) ? (object)large : value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Undefined or JsonValueKind.Null => null,
        _ => value.GetRawText()
    };

    public Variable ReadVariable(JsonElement json)
    {
        var type = ReadType(json.Text("typeName"), json.Flag("isArray"), json.Text("name"));
        var variable = (Variable)Activator.CreateInstance(typeof(Variable<>).MakeGenericType(type))!;
        variable.Name = json.Text("name") ?? "";
        variable.Id = json.Text("id") is { Length: > 0 } id ? id : variable.Name;
        if (json.TryGetProperty("value", out var value) && ReadLiteral(value) is var given and not "") variable.Value = given;
        if (json.Text("storageDriverTypeName") is { Length: > 0 } driver) variable.StorageDriverType = ReadNamedType(driver);
        return variable;
    }

    public Type ReadType(string? alias, bool isArray, string? owner)
    {
        if (string.IsNullOrEmpty(alias)) return isArray ? typeof(object[]) : typeof(object);
        // What the designer wrote for a type that its server did not know either.
        if (alias.StartsWith("UnregisteredClrType:", StringComparison.Ordinal)) return typeof(object);
        if (!types.TryGetType(alias, out var type)) throw new InvalidDefinitionException($"'{owner}' has the type '{alias}', which is not known here. Unknown serialization type alias '{alias}'.");
        return isArray ? type.MakeArrayType() : type;
    }

    public Type ReadNamedType(string name) =>
        types.TryGetType(name, out var type) ? type : throw new InvalidDefinitionException($"Unknown serialization type alias '{name}'.");
}
