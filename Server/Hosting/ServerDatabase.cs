namespace AgentOS.Server.Hosting;

/// <summary>The PostgreSQL of a server: the owner's, or the private one, which lives as long as this object.</summary>
internal sealed class ServerDatabase : IAsyncDisposable
{
    public static Task<ServerDatabase> OpenAsync(ServerSettings settings, CancellationToken cancellation) => Task.FromResult(new ServerDatabase());

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
