using System.Text;
using System.Text.Json;
using AgentOS.Engine.Runtime.Definitions;
using AgentOS.Engine.State;
using Elsa.Common.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AgentOS.Engine.Runtime.Api.Scripting;

internal static class ScriptingEndpoints
{
    public static void Map(RouteGroupBuilder api) =>
        api.MapPost("/scripting/javascript/type-definitions/{definitionId}", async (string definitionId, DefinitionStore store, TypeDefinitions types, CancellationToken cancellation) =>
        {
            if (await store.FindAsync(definitionId, VersionOptions.Latest, cancellation) is not { } row) return ApiResults.NotFound;
            using var model = JsonDocument.Parse(row.Model, new() { MaxDepth = EngineJson.MaxDepth * 2 });
            return Results.File(Encoding.UTF8.GetBytes(types.Write(model.RootElement)), "application/x-typescript", $"elsa.{Uri.EscapeDataString(definitionId)}.d.ts");
        });
}
