using System.Text.Json;
using AgentOS.Engine.Runtime.Instances;
using Elsa.Common.Models;
using Elsa.Workflows.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>/workflow-instances: list, read, cancel, delete.</summary>
internal static class InstanceEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/workflow-instances", async (HttpContext http, InstanceStore store) => await ListAsync(FromQuery(http.Request.Query), store));
        api.MapPost("/workflow-instances", async (HttpContext http, InstanceStore store) => await ListAsync(FromBody(await ApiRequest.ReadAsync(http)), store));
        api.MapGet("/workflow-instances/{id}", FindAsync);
        api.MapGet("/workflow-instances/{id}/execution-state", StateAsync);
        api.MapDelete("/workflow-instances/{id}", async (string id, InstanceStore store) => await store.DeleteAsync([id]) > 0 ? ApiResults.NoContent : ApiResults.NotFound);
        api.MapPost("/bulk-actions/delete/workflow-instances", DeleteManyAsync);
        api.MapPost("/bulk-actions/delete/workflow-instances/by-id", DeleteManyAsync);
        api.MapPost("/cancel/workflow-instances/{id}", async (string id, IWorkflowCancellationService cancellation) =>
        {
            await cancellation.CancelWorkflowAsync(id);
            return ApiResults.Ok;
        });
        api.MapPost("/bulk-actions/cancel/workflow-instances", CancelManyAsync);
    }

    private static async Task<IResult> ListAsync(InstanceQuery query, InstanceStore store)
    {
        var (items, total) = await store.ListAsync(query);
        return ApiResults.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("items"u8);
            foreach (var item in items)
            {
                writer.WriteStartObject();
                WriteCommon(writer, item, withState: null);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteNumber("totalCount"u8, total);
            writer.WriteEndObject();
        });
    }

    private static async Task<IResult> FindAsync(string id, InstanceStore store) => await store.FindAsync(id) is not var (summary, state)
        ? ApiResults.NotFound
        : ApiResults.Json(writer =>
        {
            writer.WriteStartObject();
            WriteCommon(writer, summary, state);
            writer.WriteEndObject();
        });

    private static async Task<IResult> StateAsync(string id, InstanceStore store) => await store.FindAsync(id) is not var (summary, _)
        ? ApiResults.NotFound
        : ApiResults.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("status"u8, summary.Status);
            writer.WriteString("subStatus"u8, summary.SubStatus);
            writer.WriteTime("updatedAt"u8, summary.UpdatedAt);
            writer.WriteEndObject();
        });

    private static async Task<IResult> DeleteManyAsync(HttpContext http, InstanceStore store)
    {
        var request = await ApiRequest.ReadAsync(http);
        var ids = request.Texts("ids");
        var definitions = new[] { request.Text("workflowDefinitionId") }.Concat(request.Texts("workflowDefinitionIds") ?? []).OfType<string>().ToList();
        if (ids is null && definitions.Count > 0) ids = await store.IdsAsync(new() { DefinitionIds = definitions });
        return ApiResults.Count("deleted", ids is { Count: > 0 } ? await store.DeleteAsync([.. ids.Distinct()]) : 0);
    }

    private static async Task<IResult> CancelManyAsync(HttpContext http, IWorkflowCancellationService cancellation)
    {
        var request = await ApiRequest.ReadAsync(http);
        var cancelled = request switch
        {
            _ when request.Each("ids") is { Count: > 0 } ids => await cancellation.CancelWorkflowsAsync(ids),
            _ when request.Text("definitionVersionId") is { Length: > 0 } version => await cancellation.CancelWorkflowByDefinitionVersionAsync(version),
            _ when request.Text("definitionId") is { Length: > 0 } definition => await cancellation.CancelWorkflowByDefinitionAsync(definition,
                request.Text("versionOptions") is { Length: > 0 } versions ? DefinitionEndpoints.Versions(versions) : VersionOptions.All),
            _ => 0
        };
        return ApiResults.Count("cancelled", cancelled);
    }

    private static void WriteCommon(Utf8JsonWriter writer, InstanceSummary row, string? withState)
    {
        writer.WriteString("id"u8, row.Id);
        writer.WriteString("definitionId"u8, row.DefinitionId);
        writer.WriteString("definitionVersionId"u8, row.DefinitionVersionId);
        writer.WriteNumber("version"u8, row.Version);
        writer.WriteText("parentWorkflowInstanceId"u8, row.ParentId);
        if (withState is not null)
        {
            writer.WritePropertyName("workflowState"u8);
            writer.WriteRawValue(withState, skipInputValidation: true);
        }
        writer.WriteString("status"u8, row.Status);
        writer.WriteString("subStatus"u8, row.SubStatus);
        if (withState is not null) writer.WriteBoolean("isExecuting"u8, row.IsExecuting);
        writer.WriteText("correlationId"u8, row.CorrelationId);
        writer.WriteText("name"u8, row.Name);
        writer.WriteNumber("incidentCount"u8, row.IncidentCount);
        if (withState is not null) writer.WriteBoolean("isSystem"u8, row.IsSystem);
        writer.WriteTime("createdAt"u8, row.CreatedAt);
        writer.WriteTime("updatedAt"u8, row.UpdatedAt);
        writer.WriteTime("finishedAt"u8, row.FinishedAt);
    }

    private static InstanceQuery FromQuery(IQueryCollection query)
    {
        var size = Math.Clamp(DefinitionEndpoints.Number(query["pageSize"]) ?? 100, 1, 1000);
        return new()
        {
            DefinitionIds = [.. DefinitionEndpoints.Texts(query["definitionId"]), .. DefinitionEndpoints.Texts(query["definitionIds"])],
            CorrelationId = query["correlationId"],
            SearchTerm = query["searchTerm"],
            Name = query["name"],
            Version = DefinitionEndpoints.Number(query["version"]),
            HasIncidents = bool.TryParse(query["hasIncidents"], out var incidents) ? incidents : null,
            IsSystem = bool.TryParse(query["isSystem"], out var system) ? system : null,
            Statuses = [.. DefinitionEndpoints.Texts(query["status"]), .. DefinitionEndpoints.Texts(query["statuses"])],
            SubStatuses = [.. DefinitionEndpoints.Texts(query["subStatus"]), .. DefinitionEndpoints.Texts(query["subStatuses"])],
            OrderBy = query["orderBy"],
            Descending = !string.Equals(query["orderDirection"], "Ascending", StringComparison.OrdinalIgnoreCase),
            Skip = DefinitionEndpoints.Skip(DefinitionEndpoints.Number(query["page"]), size),
            Take = size
        };
    }

    private static InstanceQuery FromBody(ApiRequest body)
    {
        var size = Math.Clamp(body.Number("pageSize") ?? 100, 1, 1000);
        return new()
        {
            Ids = body.Texts("ids"),
            DefinitionIds = [.. body.Texts("definitionIds") ?? [], .. OneOf("definitionId")],
            CorrelationId = body.Text("correlationId"),
            SearchTerm = body.Text("searchTerm"),
            Name = body.Text("name"),
            Version = body.Number("version"),
            HasIncidents = body.Flag("hasIncidents"),
            IsSystem = body.Flag("isSystem"),
            Statuses = [.. body.Texts("statuses") ?? [], .. OneOf("status")],
            SubStatuses = [.. body.Texts("subStatuses") ?? [], .. OneOf("subStatus")],
            Timestamps = Timestamps(body),
            OrderBy = body.Text("orderBy"),
            Descending = !string.Equals(body.Text("orderDirection"), "Ascending", StringComparison.OrdinalIgnoreCase),
            Skip = DefinitionEndpoints.Skip(body.Number("page"), size),
            Take = size
        };

        IEnumerable<string> OneOf(string name) => body.Text(name) is { Length: > 0 } text ? [text] : [];
    }

    private static List<TimestampFilter> Timestamps(ApiRequest body)
    {
        var filters = new List<TimestampFilter>();
        if (body.Element("timestampFilters") is not { ValueKind: JsonValueKind.Array } list) return filters;
        foreach (var element in list.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Object) throw new BadRequestException("A timestamp filter is an object with column, operator and timestamp.");
            var filter = new ApiRequest(element);
            if (!DateTimeOffset.TryParse(filter.Text("timestamp"), System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var at)) continue;
            filters.Add(TimestampFilter.Create(filter.Text("column"), filter.Text("operator"), at)
                ?? throw new BadRequestException("A timestamp filter has a column of CreatedAt, UpdatedAt or FinishedAt, and an operator of Is, IsNot, LessThan, LessThanOrEqual, GreaterThan or GreaterThanOrEqual."));
        }
        return filters;
    }
}
