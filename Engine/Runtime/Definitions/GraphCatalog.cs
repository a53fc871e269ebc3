using System.Collections.Concurrent;
using Elsa.Common.Models;
using Elsa.Workflows.Management;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Runtime.Definitions;

/// <summary>Definition versions laid out for running, kept in memory: the content of a published version never changes.</summary>
internal sealed class GraphCatalog : IWorkflowDefinitionService
{
    private readonly DefinitionStore _store;
    private readonly DefinitionCompiler _compiler;
    private readonly CompositeCatalog _composites;
    private readonly ConcurrentDictionary<string, WorkflowGraph> _byVersion = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Id, string Versions), string> _current = new();
    private long _generation;

    public GraphCatalog(DefinitionStore store, DefinitionCompiler compiler, CompositeCatalog composites, DefinitionChanges changes)
    {
        (_store, _compiler, _composites) = (store, compiler, composites);
        changes.Changed += Invalidate;
    }

    /// <summary>Some definition has changed. All is read again when it is needed next: that is cheap, and changes are rare.</summary>
    private void Invalidate()
    {
        Interlocked.Increment(ref _generation);
        _current.Clear();
        _byVersion.Clear();
    }

    public async ValueTask<WorkflowGraph?> FindVersionAsync(string versionId, CancellationToken cancellationToken = default)
    {
        if (_byVersion.TryGetValue(versionId, out var graph)) return graph;
        return await _store.FindVersionAsync(versionId, cancellationToken) is { } row ? await CompileAsync(row, cancellationToken) : null;
    }

    /// <summary>The version that a definition id means now.</summary>
    public async ValueTask<WorkflowGraph?> FindAsync(string definitionId, VersionOptions versions, CancellationToken cancellationToken = default)
    {
        var key = (definitionId, versions.ToString());
        if (_current.TryGetValue(key, out var versionId)) return await FindVersionAsync(versionId, cancellationToken);
        var generation = Volatile.Read(ref _generation);
        if (await _store.FindAsync(definitionId, versions, cancellationToken) is not { } row) return null;
        var graph = await CompileAsync(row, cancellationToken);
        if (generation == Volatile.Read(ref _generation)) _current[key] = row.Id;
        return graph;
    }

    Task<WorkflowGraph?> IWorkflowDefinitionService.FindWorkflowGraphAsync(string definitionId, VersionOptions versionOptions, CancellationToken cancellationToken) =>
        FindAsync(definitionId, versionOptions, cancellationToken).AsTask();

    public ValueTask<WorkflowGraph?> FindAsync(WorkflowDefinitionHandle handle, CancellationToken cancellationToken = default) =>
        handle.DefinitionVersionId is { } version ? FindVersionAsync(version, cancellationToken) : FindAsync(handle.DefinitionId!, handle.VersionOptions ?? VersionOptions.Published, cancellationToken);

    private async Task<WorkflowGraph> CompileAsync(DefinitionRow row, CancellationToken cancellationToken)
    {
        await _composites.RefreshAsync(cancellationToken);
        var generation = Volatile.Read(ref _generation);
        var graph = _compiler.Compile(row);
        if (generation == Volatile.Read(ref _generation)) _byVersion[row.Id] = graph;
        return graph;
    }
}
