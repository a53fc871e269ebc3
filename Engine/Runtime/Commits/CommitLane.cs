using AgentOS.Engine.Runtime.Database;
using System.Data;
using Npgsql;

namespace AgentOS.Engine.Runtime.Commits;

/// <summary>One connection with its prepared statements. Both are made anew after a failure of the connection.</summary>
internal sealed class CommitLane(EngineDatabase database) : IAsyncDisposable
{
    private NpgsqlConnection? _connection;
    private CommitBatch _batch = new();

    /// <summary>An empty batch on an open connection.</summary>
    public async ValueTask<CommitBatch> ReadyAsync()
    {
        if (_connection is not { State: ConnectionState.Open })
        {
            await DisposeAsync();
            _batch = new CommitBatch(); // its commands remember what is prepared on the connection
            _connection = await database.OpenConnectionAsync();
        }
        _batch.Clear();
        return _batch;
    }

    public async Task WriteAsync()
    {
        await using var batch = new NpgsqlBatch(_connection);
        foreach (var command in _batch.Commands) batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection) await connection.DisposeAsync();
        _connection = null;
    }
}
