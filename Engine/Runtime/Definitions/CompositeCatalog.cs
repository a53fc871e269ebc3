using System.Text.Json;
using AgentOS.Engine.Definitions;
using AgentOS.Engine.State;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Runtime.Definitions;

/// <summary>
/// Keeps the activities that are workflows in step with the published definitions: a definition's activity has a version for the published one
/// and for each before it, because workflows that contain it may name an older one.
/// </summary>
internal sealed class CompositeCatalog : IDisposable
{
    private readonly DefinitionStore _store;
    private readonly CompositeActivities _activities;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);
    private long _wanted = 1, _loaded;

    public CompositeCatalog(DefinitionStore store, CompositeActivities activities, DefinitionChanges changes)
    {
        (_store, _activities) = (store, activities);
        changes.Changed += () => Interlocked.Increment(ref _wanted);
    }

    /// <summary>Before a definition is read.</summary>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken = default)
    {
        if (Volatile.Read(ref _loaded) == Volatile.Read(ref _wanted)) return;
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var wanted = Volatile.Read(ref _wanted);
            if (_loaded == wanted) return;
            await LoadAsync(cancellationToken);
            Volatile.Write(ref _loaded, wanted);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        var definitions = (await _store.UsableAsActivitiesAsync(cancellationToken)).GroupBy(x => x.DefinitionId).ToDictionary(x => x.Key, x => x.OrderBy(row => row.Version).ToList());
        foreach (var gone in _known.Keys.Where(x => !definitions.ContainsKey(x)).ToList())
        {
            _activities.Remove(gone);
            _known.Remove(gone);
        }
        foreach (var (id, versions) in definitions)
        {
            var content = string.Join('\n', versions.Select(x => x.Id + x.Model));
            if (_known.GetValueOrDefault(id) == content) continue;
            _activities.Remove(id);
            foreach (var row in versions) Add(row);
            _known[id] = content;
        }
    }

    private void Add(DefinitionRow row)
    {
        using var model = JsonDocument.Parse(row.Model, new() { MaxDepth = EngineJson.MaxDepth * 2 });
        _activities.Add(model.RootElement, new WorkflowIdentity(row.DefinitionId, row.Version, row.Id));
    }
}
