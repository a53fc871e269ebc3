using System.Text.Json.Nodes;
using AgentOS.Engine.Definitions;
using AgentOS.Engine.State;
using Elsa.Common.Models;
using Elsa.Workflows;

namespace AgentOS.Engine.Runtime.Definitions;

/// <summary>Workflows that have another one as an activity: they name its version, and keep it until someone has them follow.</summary>
internal sealed class WorkflowReferences(DefinitionService definitions, IActivityRegistry registry)
{
    /// <summary>The definitions that have it as an activity.</summary>
    public async Task<IReadOnlyList<string>> ConsumersAsync(string definitionId, CancellationToken cancellationToken = default) =>
        [.. (await RowsAsync(definitionId, cancellationToken)).Where(row => Uses(definitionId, row, follow: null)).Select(row => row.DefinitionId).Distinct()];

    /// <summary>How many of them name an older version than the one that is published.</summary>
    public async Task<int> BehindAsync(DefinitionRow published, CancellationToken cancellationToken = default) =>
        published.IsPublished ? (await RowsAsync(published.DefinitionId, cancellationToken)).Count(row => row.IsLatest && Uses(published.DefinitionId, row, published, onlyLook: true)) : 0;

    /// <summary>Has their latest versions name the published one: each gets a version of its own, published where the one before it was.</summary>
    /// <returns>Which definitions changed.</returns>
    public async Task<IReadOnlyList<string>> FollowAsync(string definitionId, CancellationToken cancellationToken = default)
    {
        if (await definitions.Store.FindAsync(definitionId, VersionOptions.Published, cancellationToken) is not { } published) return [];
        var changed = new List<string>();
        foreach (var row in (await RowsAsync(definitionId, cancellationToken)).Where(row => row.IsLatest && !row.IsReadonly))
        {
            var model = Parse(row);
            if (!Uses(model["root"], TypesOf(definitionId), published, onlyLook: false)) continue;
            await definitions.SaveAsync(new(row.DefinitionId, row.Name, row.Description, row.IsReadonly, row.IsSystem, row.UsableAsActivity, model.ToJsonString(EngineJson.Options)), row.IsPublished, cancellationToken);
            changed.Add(row.DefinitionId);
        }
        return changed;
    }

    /// <summary>The same after a publication, where the options of the workflow say so.</summary>
    public async Task<IReadOnlyList<string>> FollowByItselfAsync(DefinitionRow published, CancellationToken cancellationToken = default) =>
        published.IsPublished && Parse(published)["options"] is JsonObject options && options["autoUpdateConsumingWorkflows"] is JsonValue flag && flag.TryGetValue<bool>(out var follows) && follows
            ? await FollowAsync(published.DefinitionId, cancellationToken) : [];

    private async Task<IReadOnlyList<DefinitionRow>> RowsAsync(string definitionId, CancellationToken cancellationToken) =>
        TypesOf(definitionId).Count == 0 ? [] : (await definitions.Store.ListAsync(new() { Versions = VersionOptions.LatestOrPublished }, cancellationToken)).Items;

    private HashSet<string> TypesOf(string definitionId) =>
        [.. registry.ListByProvider(typeof(CompositeActivities)).Where(composite => definitionId.Equals(composite.CustomProperties["WorkflowDefinitionId"])).Select(composite => composite.TypeName)];

    private bool Uses(string definitionId, DefinitionRow row, DefinitionRow? follow, bool onlyLook = true)
    {
        var types = TypesOf(definitionId);
        return types.Any(type => row.Model.Contains($"\"{type}\"", StringComparison.Ordinal)) && Uses(Parse(row)["root"], types, follow, onlyLook);
    }

    private static JsonObject Parse(DefinitionRow row) => JsonNode.Parse(row.Model, documentOptions: new() { MaxDepth = EngineJson.MaxDepth * 2 })!.AsObject();

    /// <param name="node">An activity, or what is in one.</param>
    /// <param name="types">What the workflow is called as an activity.</param>
    /// <param name="follow">Only activities that name an older version than this one count; null: all do.</param>
    /// <param name="onlyLook">Else they name it afterwards.</param>
    private static bool Uses(JsonNode? node, HashSet<string> types, DefinitionRow? follow, bool onlyLook)
    {
        var found = false;
        if (node is JsonArray list)
            foreach (var item in list) found |= Uses(item, types, follow, onlyLook);
        if (node is not JsonObject map) return found;
        if (map["id"] is not null && map["type"] is JsonValue type && type.TryGetValue<string>(out var name) && types.Contains(name) && (follow is null || Version(map) < follow.Version))
        {
            found = true;
            if (!onlyLook) map["version"] = follow!.Version;
        }
        foreach (var value in map.Select(member => member.Value).ToList()) found |= Uses(value, types, follow, onlyLook);
        return found;
    }

    // One that names none has the newest anyway.
    private static int Version(JsonObject activity) => activity["version"] is JsonValue value && value.TryGetValue<int>(out var version) && version > 0 ? version : int.MaxValue;
}
