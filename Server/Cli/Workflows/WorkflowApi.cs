using System.Text.Json;
using AgentOS.Kernel;

namespace AgentOS.Server.Cli.Workflows;

/// <summary>Elsa's API, for the commands: JSON as it is.</summary>
internal sealed class WorkflowApi(ApiClient client)
{
    private const string Base = "/elsa/api";

    public Task<JsonElement> GetAsync(string path, CancellationToken cancellation) => client.GetAsync<JsonElement>(Base + path, cancellation);

    public Task<JsonElement> PostAsync(string path, object body, CancellationToken cancellation) => client.PostAsync<JsonElement>(Base + path, body, cancellation);

    /// <summary>Definitions, each in its latest version.</summary>
    public async Task<IReadOnlyList<JsonElement>> ListAsync(CancellationToken cancellation) =>
        [.. (await GetAsync("/workflow-definitions?versionOptions=Latest&OrderBy=Name", cancellation)).GetProperty("items").EnumerateArray()];

    /// <summary>A definition with its root.</summary>
    /// <exception cref="AgentOSException">There is none with this id or name, or not this version.</exception>
    public async Task<JsonElement> FindAsync(string idOrName, string? version, CancellationToken cancellation)
    {
        var items = await ListAsync(cancellation);
        var found = items.Where(item => Text(item, "definitionId") == idOrName).Concat(items.Where(item => string.Equals(Text(item, "name"), idOrName, StringComparison.OrdinalIgnoreCase))).Take(1).ToList();
        if (found.Count == 0) throw new AgentOSException($"There is no workflow '{idOrName}'. See: agentos workflow list");
        try
        {
            return await GetAsync($"/workflow-definitions/by-definition-id/{Query.Escape(Text(found[0], "definitionId")!)}" + Query.Of(("versionOptions", version ?? "Latest")), cancellation);
        }
        catch (AgentOSException) when (version is not null)
        {
            throw new AgentOSException($"Workflow '{idOrName}' has no version '{version}'. Give a number, Latest or Published.");
        }
    }

    /// <summary>The definition as a file: without what the server adds for its clients.</summary>
    public Task<JsonElement> ExportAsync(string id, string? version, CancellationToken cancellation) =>
        GetAsync($"/workflow-definitions/{Query.Escape(id)}/export" + Query.Of(("versionOptions", version)), cancellation);

    public static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value.ValueKind switch { JsonValueKind.String => value.GetString(), JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(), _ => null } : null;

    public static bool Is(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
