using AgentOS.Engine.Runtime.Instances;
using AgentOS.Engine.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using System.Text.Json;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>The variables of an instance.</summary>
internal static class VariableEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/workflow-instances/{id}/variables", async (string id, InstanceVariables variables) => Answer(await variables.ReadAsync(id)));
        api.MapPost("/workflow-instances/{id}/variables", WriteAsync);
    }

    private static async Task<IResult> WriteAsync(string id, HttpContext http, InstanceVariables variables)
    {
        var request = await ApiRequest.ReadAsync(http);
        if (request.Element("variables") is not { ValueKind: JsonValueKind.Array } list) throw new BadRequestException("'variables' must be a list of {id, value}.");
        var changes = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var element in list.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Object || new ApiRequest(element).Text("id") is not { } variable) throw new BadRequestException("'variables' must be a list of {id, value}.");
            changes[variable] = element.TryGetProperty("value", out var value) ? EngineJson.ToPlain(value) : null;
        }
        return Answer(await variables.WriteAsync(id, changes));
    }

    private static IResult Answer(IReadOnlyList<InstanceVariable>? variables) => variables is null ? ApiResults.NotFound : ApiResults.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        foreach (var variable in variables)
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, variable.Id);
            writer.WriteString("name"u8, variable.Name);
            if (variable.Value is not null)
            {
                writer.WritePropertyName("value"u8);
                EngineJson.WriteValue(writer, variable.Value);
            }
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteNumber("count"u8, variables.Count);
        writer.WriteEndObject();
    });
}
