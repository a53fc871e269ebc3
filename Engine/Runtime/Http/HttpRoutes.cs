using System.Collections.Frozen;
using System.Text.Json;
using AgentOS.Engine.Runtime.Database;
using AgentOS.Engine.Runtime.Definitions;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;

namespace AgentOS.Engine.Runtime.Http;

/// <summary>A published endpoint that starts a workflow.</summary>
internal sealed record HttpRoute(string VersionId, string ActivityId, string Path, string Method, bool Authorize, string? Policy, long? SizeLimit, TimeSpan? Timeout);

/// <summary>Which published endpoint answers a request. Kept in memory, read again when definitions change.</summary>
internal sealed class HttpRoutes
{
    private readonly EngineDatabase _database;
    private readonly DefinitionChanges _changes;
    private Task<Table>? _table;

    public HttpRoutes(EngineDatabase database, DefinitionChanges changes)
    {
        (_database, _changes) = (database, changes);
        changes.Changed += () => Volatile.Write(ref _table, null);
    }

    /// <summary>Finds the endpoint for a path (without the base, and without slashes at its ends) and a lower-case method.</summary>
    public async ValueTask<(HttpRoute Route, RouteValueDictionary? Values)?> FindAsync(string path, string method, CancellationToken cancellationToken)
    {
        if (Find(await TableAsync(), path, method) is { } found) return found;
        // Published on another node a moment ago?
        return await _changes.CheckAsync(cancellationToken) ? Find(await TableAsync(), path, method) : null;
    }

    /// <summary>The values of a path that fits a template, null for one that does not.</summary>
    public static RouteValueDictionary? Match(string template, string path)
    {
        var values = new RouteValueDictionary();
        return new TemplateMatcher(TemplateParser.Parse(template), []).TryMatch("/" + path, values) ? values : null;
    }

    private static (HttpRoute, RouteValueDictionary?)? Find(Table table, string path, string method)
    {
        if (table.Literal.TryGetValue((method, path.ToLowerInvariant()), out var route)) return (route, null);
        foreach (var (matcher, templated) in table.Templated)
        {
            if (templated.Method != method) continue;
            var values = new RouteValueDictionary();
            if (matcher.TryMatch("/" + path, values)) return (templated, values);
        }
        return null;
    }

    private async ValueTask<Table> TableAsync()
    {
        var table = Volatile.Read(ref _table);
        if (table is null || table.IsFaulted)
        {
            table = LoadAsync();
            Volatile.Write(ref _table, table);
        }
        return await table;
    }

    private async Task<Table> LoadAsync()
    {
        var routes = new List<HttpRoute>();
        await using var command = _database.CreateCommand("select definition_version_id, activity_id, payload from engine.triggers where name = 'Elsa.HttpEndpoint'");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            using var payload = JsonDocument.Parse(reader.GetString(2));
            var json = payload.RootElement;
            routes.Add(new(reader.GetString(0), reader.GetString(1), Text(json, "path") ?? "", Text(json, "method") ?? "get", json.TryGetProperty("authorize", out var authorize) && authorize.ValueKind == JsonValueKind.True,
                Text(json, "policy"), json.TryGetProperty("requestSizeLimit", out var size) && size.TryGetInt64(out var bytes) ? bytes : null,
                TimeSpan.TryParse(Text(json, "requestTimeout"), System.Globalization.CultureInfo.InvariantCulture, out var timeout) ? timeout : null));
        }
        return new(
            routes.Where(x => !x.Path.Contains('{', StringComparison.Ordinal)).GroupBy(x => (x.Method, x.Path)).ToFrozenDictionary(x => x.Key, x => x.First()),
            [.. routes.Where(x => x.Path.Contains('{', StringComparison.Ordinal)).OrderByDescending(x => x.Path.Count(c => c == '/')).Select(x => (new TemplateMatcher(TemplateParser.Parse(x.Path), []), x))]);
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private sealed record Table(FrozenDictionary<(string Method, string Path), HttpRoute> Literal, IReadOnlyList<(TemplateMatcher Matcher, HttpRoute Route)> Templated);
}
