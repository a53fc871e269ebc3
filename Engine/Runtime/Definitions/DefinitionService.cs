using AgentOS.Engine.Runtime.Nodes;

namespace AgentOS.Engine.Runtime.Definitions;

/// <summary>Changes definitions, and lets every node know.</summary>
internal sealed class DefinitionService(DefinitionStore store, DefinitionCompiler compiler, CompositeCatalog composites, TriggerIndexer indexer, DefinitionChanges changes)
{
    public DefinitionStore Store => store;

    /// <exception cref="RouteTakenException">When published: another definition serves the same HTTP requests.</exception>
    public Task<DefinitionRow> SaveAsync(DefinitionDraft draft, bool publish, CancellationToken cancellationToken = default) =>
        ThenAnnounce(store.SaveAsync(draft, publish ? FindTriggersAsync : null, cancellationToken));

    public Task<(DefinitionRow Row, bool Already)?> PublishAsync(string definitionId, CancellationToken cancellationToken = default) =>
        ThenAnnounce(store.PublishAsync(definitionId, FindTriggersAsync, cancellationToken));

    public Task<DefinitionRow?> RetractAsync(string definitionId, CancellationToken cancellationToken = default) => ThenAnnounce(store.RetractAsync(definitionId, cancellationToken));

    public Task<DefinitionRow?> RevertAsync(string definitionId, int version, CancellationToken cancellationToken = default) => ThenAnnounce(store.RevertAsync(definitionId, version, cancellationToken));

    public Task<bool> DeleteVersionAsync(string id, CancellationToken cancellationToken = default) => ThenAnnounce(store.DeleteVersionAsync(id, cancellationToken));

    public Task<bool> DeleteAsync(string definitionId, CancellationToken cancellationToken = default) => ThenAnnounce(store.DeleteAsync(definitionId, cancellationToken));

    private async Task<IReadOnlyList<TriggerRow>> FindTriggersAsync(DefinitionRow version, CancellationToken cancellationToken)
    {
        await composites.RefreshAsync(cancellationToken);
        return await indexer.FindAsync(compiler.Compile(version), cancellationToken);
    }

    private async Task<T> ThenAnnounce<T>(Task<T> change)
    {
        var result = await change;
        await changes.AnnounceAsync();
        await composites.RefreshAsync();
        return result;
    }
}

/// <summary>Keeps what is held in memory of definitions in step with the database: at once here, by hint and by polling elsewhere.</summary>
internal sealed class DefinitionChanges(DefinitionStore store, Node node)
{
    private long _seen;

    /// <summary>Something held in memory may be old.</summary>
    public event Action? Changed;

    public async Task AnnounceAsync()
    {
        Changed?.Invoke();
        await node.HintAsync("definitions");
    }

    /// <summary>Compares with the database's counter.</summary>
    /// <returns>Whether anything had changed.</returns>
    public async Task<bool> CheckAsync(CancellationToken cancellationToken = default)
    {
        var counter = await store.ChangesAsync(cancellationToken);
        if (Interlocked.Exchange(ref _seen, counter) == counter) return false;
        Changed?.Invoke();
        return true;
    }
}
