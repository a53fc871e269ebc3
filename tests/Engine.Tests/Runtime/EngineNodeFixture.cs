namespace AgentOS.Engine.Tests.Runtime;

/// <summary>One node on a database of its own, for all tests of a class.</summary>
public sealed class EngineNodeFixture : IAsyncLifetime
{
    public EngineDatabaseFixture Database { get; } = new();
    public EngineProcess Node { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Database.InitializeAsync();
        Node = await EngineProcess.StartAsync(Database.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        await Database.DisposeAsync();
    }
}
