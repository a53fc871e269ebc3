using AgentOS.Engine.Runtime.Database;
using AgentOS.Engine.Runtime.Work;
using System.Data;
using Npgsql;

namespace AgentOS.Engine.Runtime.Commits;

/// <summary>One connection with its prepared statements. Both are made anew after a failure of the connection.</summary>
internal sealed class CommitLane(EngineDatabase database) : IAsyncDisposable
{
    // All that a commit looks for has a key, whatever the parameters are: to plan anew for each costs more than to execute. A plan that was made while a table was
    // empty would read all of it later on, so the statements say their keys twice: in the join, and as an array (`= any`) by which a scan finds them in any order
    // of the join. And they ask for finished_at, not for the status: an index of what runs looks cheap as a whole in a quiet hour.
    internal const string PlansByKey = "set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_bitmapscan = off; set enable_hashjoin = off; set enable_mergejoin = off";

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
            await using var plans = new NpgsqlCommand(PlansByKey, _connection);
            await plans.ExecuteNonQueryAsync();
        }
        _batch.Clear();
        return _batch;
    }

    /// <returns>What was claimed with it.</returns>
    public async Task<Claims> WriteAsync()
    {
        var claims = new Claims();
        await using var batch = new NpgsqlBatch(_connection);
        foreach (var command in _batch.Commands) batch.BatchCommands.Add(command);
        await using (var reader = await batch.ExecuteReaderAsync())
        {
            do
            {
                if (reader.FieldCount == Claims.Columns) await claims.ReadAsync(reader, CancellationToken.None);
            }
            while (await reader.NextResultAsync());
        }
        claims.LeavesWork |= _batch.TookEarlyEvents;
        return claims;
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection) await connection.DisposeAsync();
        _connection = null;
    }
}
