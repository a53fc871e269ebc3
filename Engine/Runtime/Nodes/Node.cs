using AgentOS.Engine.Runtime.Database;
using System.Data;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentOS.Engine.Runtime.Nodes;

/// <summary>
/// This process among those that share the database. It is alive while its row's lease (by the database's clock) has not run out
/// and its connection holds the advisory lock: a killed process is known to be dead at once, a paused one after <see cref="Lease"/>.
/// The same connection listens for hints from other nodes.
/// </summary>
public sealed partial class Node(EngineDatabase database, ILogger<Node> logger) : IAsyncDisposable
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(4);
    private const string Channel = "engine";

    private readonly CancellationTokenSource _stop = new();
    private readonly long _lock = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8));
    private NpgsqlConnection? _connection;
    private Task? _loop;
    private volatile bool _alone = true;

    public string Id { get; } = Guid.CreateVersion7().ToString("N");

    /// <summary>Another node said that something of this kind changed: `work`, `timers`, `definitions`.</summary>
    public event Action<string>? Hinted;

    /// <summary>An instance has faulted, on this node or another. Null: hints may have been missed.</summary>
    public event Action<string?>? Faulted;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await ConnectAsync(cancellationToken);
        await BeatAsync(cancellationToken);
        _loop = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>Tells the other nodes, if there are any. A transaction of its own, because NOTIFY makes commits wait for each other.</summary>
    public async Task HintAsync(string kind)
    {
        if (_alone) return;
        await using var command = database.CreateCommand("select pg_notify($1, $2)");
        command.Parameters.Add(new() { Value = Channel });
        command.Parameters.Add(new() { Value = $"{kind} {Id}" });
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync();
        if (_loop is not null) await _loop;
        if (_connection is { } connection)
        {
            try
            {
                await using var leave = new NpgsqlCommand("delete from engine.nodes where id = $1", connection) { Parameters = { new() { Value = Id } } };
                await leave.ExecuteNonQueryAsync();
            }
            catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
            {
                LogLost(exception.Message); // the lease ends by itself
            }
            await LetGoAsync(connection);
        }
        _stop.Dispose();
    }

    // Lock and subscription belong to the connection, which may go back to a pool as it is.
    private async Task LetGoAsync(NpgsqlConnection connection)
    {
        await using (connection)
        {
            if (connection.State != ConnectionState.Open) return;
            try
            {
                await using var leave = new NpgsqlCommand("unlisten *; select pg_advisory_unlock_all()", connection);
                await leave.ExecuteNonQueryAsync();
            }
            catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException or IOException or TimeoutException)
            {
                NpgsqlConnection.ClearPool(connection); // whatever it still holds ends with it
                LogLost(exception.Message);
            }
        }
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (_connection is not { State: ConnectionState.Open })
                {
                    await ConnectAsync(_stop.Token);
                    Faulted?.Invoke(null);
                }
                await BeatAsync(_stop.Token);
                var until = Environment.TickCount64 + (long)Beat.TotalMilliseconds;
                while (until - Environment.TickCount64 is > 0 and var left)
                    if (!await _connection!.WaitAsync(TimeSpan.FromMilliseconds(left), _stop.Token)) break;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException or IOException or TimeoutException)
            {
                LogLost(exception.Message);
                if (_connection is { } lost) await LetGoAsync(lost);
                _connection = null;
                await Task.WhenAny(Task.Delay(500, _stop.Token));
            }
        }
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken);
        connection.Notification += (_, hint) =>
        {
            var space = hint.Payload.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0) return;
            var (kind, about) = (hint.Payload[..space], hint.Payload[(space + 1)..]);
            if (kind == "faulted") Faulted?.Invoke(about);
            else if (about != Id) Hinted?.Invoke(kind);
        };
        await using var command = new NpgsqlCommand($"listen {Channel}; select pg_try_advisory_lock({_lock})", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
        _connection = connection;
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            with me as (
                insert into engine.nodes (id, name, lock_key, alive_until) values ($1, $2, $3, now() + $4)
                on conflict (id) do update set alive_until = excluded.alive_until)
            select not exists (select from engine.nodes where id <> $1)
            """, _connection)
        {
            Parameters = { new() { Value = Id }, new() { Value = $"{Environment.MachineName}:{Environment.ProcessId}" }, new() { Value = _lock }, new() { Value = Lease } }
        };
        _alone = (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The connection that keeps this node alive was lost and is made again: {Reason}")]
    private partial void LogLost(string reason);
}
