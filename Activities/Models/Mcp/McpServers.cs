using AgentOS.Activities.Shell;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace AgentOS.Activities.Models;

/// <summary>
/// The MCP servers of the configuration, connected when first asked for and again when they are lost or the file changes. One that cannot be
/// reached is a warning: the session goes on without its tools.
/// </summary>
/// <param name="folder">In which each command gets a folder of its own to write to.</param>
public sealed class McpServers(
    ModelConfigurationFile configuration, Sandbox sandbox, string folder, TimeProvider? time = null, ILogger<McpServers>? logger = null) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, (McpConnection? Connection, string? Warning, DateTimeOffset Since)> _servers = [];

    /// <summary>The tools for a role, and one line for each server that is missing.</summary>
    /// <exception cref="ModelConfigurationException">llm.yaml cannot be read.</exception>
    public async Task<(IReadOnlyList<AIFunction> Tools, IReadOnlyList<string> Warnings)> ToolsAsync(string role, CancellationToken cancellation = default)
    {
        var settings = configuration.Current;
        if (settings.McpServers.Count == 0 && _servers.Count == 0) return ([], []);
        await _turn.WaitAsync(cancellation);
        try
        {
            foreach (var gone in _servers.Keys.Except(settings.McpServers.Select(s => s.Identity)).ToList()) await ForgetAsync(gone);
            var wanted = settings.McpServers.Where(s => s.IsFor(role)).ToList();
            foreach (var server in wanted.Where(s => _servers.TryGetValue(s.Identity, out var known) && NeedsAnotherTry(known)))
                await ForgetAsync(server.Identity);
            var opened = await Task.WhenAll(wanted.Where(s => !_servers.ContainsKey(s.Identity)).Select(s => OpenAsync(s, settings, cancellation)));
            foreach (var (identity, connection, warning) in opened) _servers[identity] = (connection, warning, _time.GetUtcNow());
            var found = wanted.ConvertAll(s => _servers[s.Identity]);
            return ([.. found.SelectMany(f => f.Connection?.Tools ?? [])], [.. found.Select(f => f.Warning).OfType<string>()]);
        }
        finally
        {
            _turn.Release();
        }
    }

    private bool NeedsAnotherTry((McpConnection? Connection, string? Warning, DateTimeOffset Since) known) =>
        known.Connection is { } connection ? !connection.IsAlive : _time.GetUtcNow() - known.Since > BeforeNextTry;

    private async Task<(string Identity, McpConnection? Connection, string? Warning)> OpenAsync(
        McpServerSettings server, ModelConfiguration settings, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            var own = Directory.CreateDirectory(Path.Combine(folder, server.Name)).FullName;
            return (server.Identity, await McpConnection.OpenAsync(server, sandbox, own, linked.Token), null);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested && error is not OutOfMemoryException)
        {
            var reason = patience.IsCancellationRequested ? $"it did not answer within {Patience.TotalSeconds} s" : error.Message.TrimEnd('.');
            var warning = settings.Scrub($"The MCP server '{server.Name}' of {settings.File} cannot be used: {reason}. Its tools are missing until it can.");
            logger?.LogWarning("{Warning}", warning);
            return (server.Identity, null, warning);
        }
    }

    private async Task ForgetAsync(string identity)
    {
        if (!_servers.Remove(identity, out var known) || known.Connection is not { } connection) return;
        await connection.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var identity in _servers.Keys.ToList()) await ForgetAsync(identity);
        _turn.Dispose();
    }
}
