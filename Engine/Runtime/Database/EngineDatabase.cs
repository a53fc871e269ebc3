using Npgsql;

namespace AgentOS.Engine.Runtime.Database;

/// <summary>The database that the engine's schema is in. A type of its own, so that the host's other data sources are not taken for it.</summary>
public sealed class EngineDatabase(NpgsqlDataSource source) : IAsyncDisposable
{
    private readonly bool _own;

    /// <summary>Opens one for the engine alone: statements that repeat are prepared.</summary>
    public EngineDatabase(string connectionString) : this(NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
    {
        MaxAutoPrepare = 200,
        AutoPrepareMinUsages = 2,
        NoResetOnClose = true,
        ApplicationName = "workflow engine",
        IncludeErrorDetail = true
    }.ConnectionString)) => _own = true;

    public NpgsqlDataSource Source => source;

    public NpgsqlCommand CreateCommand(string sql) => source.CreateCommand(sql);
    public NpgsqlBatch CreateBatch() => source.CreateBatch();
    public ValueTask<NpgsqlConnection> OpenConnectionAsync(CancellationToken cancellationToken = default) => source.OpenConnectionAsync(cancellationToken);
    public ValueTask DisposeAsync() => _own ? source.DisposeAsync() : ValueTask.CompletedTask;
}
