using System.Net.Http.Headers;
using AgentOS.Activities.Shell;
using AgentOS.Kernel;
using Microsoft.Extensions.AI;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentOS.Activities.Models;

/// <summary>One connected MCP server and what it offers.</summary>
internal sealed class McpConnection : IAsyncDisposable
{
    private readonly McpClient _client;
    private readonly IReadOnlyList<IAsyncDisposable> _owned;

    private McpConnection(McpClient client, IReadOnlyList<AIFunction> tools, IReadOnlyList<IAsyncDisposable> owned) =>
        (_client, Tools, _owned) = (client, tools, owned);

    public IReadOnlyList<AIFunction> Tools { get; }

    public bool IsAlive => !_client.Completion.IsCompleted;

    /// <param name="folder">What a command may write to.</param>
    public static async Task<McpConnection> OpenAsync(McpServerSettings server, Sandbox sandbox, string folder, CancellationToken cancellation)
    {
        if (server.Problem is { } problem) throw new AgentOSException(problem);
        var owned = new List<IAsyncDisposable>();
        try
        {
            IClientTransport transport = server.Command is null ? Http(server) : await StdioAsync(server, sandbox, folder, owned, cancellation);
            var client = await McpClient.CreateAsync(transport, new() { ClientInfo = new() { Name = "AgentOS", Version = "1" } }, cancellationToken: cancellation);
            owned.Insert(0, client);
            var tools = await client.ListToolsAsync(cancellationToken: cancellation);
            return new(client, [.. tools.Select(tool => new McpTool(server.Name, tool)).DistinctBy(t => t.Name)], owned);
        }
        catch
        {
            foreach (var each in owned) await each.DisposeAsync();
            throw;
        }
    }

    private static HttpClientTransport Http(McpServerSettings server)
    {
        var http = new HttpClient(new KeyScrubbingHandler(new SocketsHttpHandler { AllowAutoRedirect = false }));
        if (server.ApiKey is { } key) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Reveal());
        return new(new HttpClientTransportOptions { Endpoint = server.Url!, Name = server.Name }, http, ownsHttpClient: true);
    }

    private static async Task<StreamClientTransport> StdioAsync(
        McpServerSettings server, Sandbox sandbox, string folder, List<IAsyncDisposable> owned, CancellationToken cancellation)
    {
        var policy = new SandboxPolicy { Network = server.Network ? NetworkAccess.Always : NetworkAccess.None };
        var line = string.Join(' ', new[] { server.Command! }.Concat(server.Arguments).Select(Quoted));
        var process = await sandbox.StartAsync(new SandboxCommand($"exec {line}", folder) { Policy = policy }, cancellation);
        owned.Add(process);
        return new(process.Input, process.Output);
    }

    private static string Quoted(string argument) => $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    public async ValueTask DisposeAsync()
    {
        foreach (var each in _owned) await each.DisposeAsync();
    }
}
