using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentOS.Kernel.Notifications;

/// <summary>
/// Listens on the channel <c>agentos</c> with one connection for the whole process, made when the first subscriber comes and made again when it breaks.
/// The contract for waiters: subscribe, look, wait for a hint or for your own patience (a few seconds at most), look again.
/// </summary>
public sealed partial class KernelNotifications(NpgsqlDataSource database, ILogger<KernelNotifications> log) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Subscription, byte> _subscriptions = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _starting = new();
    private Task? _listening;

    /// <summary>Hints from now on, with a <c>connected</c> first when the connection is (re)made.</summary>
    public Subscription Subscribe()
    {
        var subscription = new Subscription(this);
        _subscriptions[subscription] = 0;
        lock (_starting) _listening ??= Task.Run(ListenAsync);
        return subscription;
    }

    public async IAsyncEnumerable<KernelNotification> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var subscription = Subscribe();
        await foreach (var notification in subscription.Reader.ReadAllAsync(cancellation)) yield return notification;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_listening is not null) await _listening;
        foreach (var subscription in _subscriptions.Keys) subscription.Dispose();
        _stop.Dispose();
    }

    private async Task ListenAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(_stop.Token);
                connection.Notification += (_, notification) =>
                {
                    if (KernelNotification.Parse(notification.Payload) is { } hint) Tell(hint);
                };
                await using (var listen = new NpgsqlCommand("LISTEN agentos", connection)) await listen.ExecuteNonQueryAsync(_stop.Token);
                Tell(KernelNotification.Connected);
                try
                {
                    while (true) await connection.WaitAsync(_stop.Token);
                }
                finally
                {
                    // It goes back to the pool as it is; a broken one does not.
                    if (connection.State == System.Data.ConnectionState.Open)
                        await using (var leave = new NpgsqlCommand("UNLISTEN *", connection)) await leave.ExecuteNonQueryAsync(CancellationToken.None);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception error) when (error is NpgsqlException or IOException or System.Net.Sockets.SocketException or ObjectDisposedException)
            {
                if (_stop.IsCancellationRequested || error is ObjectDisposedException) return;
                ConnectionLost(error.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(500), _stop.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
    }

    private void Tell(KernelNotification hint)
    {
        foreach (var subscription in _subscriptions.Keys) subscription.Tell(hint);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notifications are interrupted ({Reason}); connecting again. Waits go on by polling.")]
    private partial void ConnectionLost(string reason);

    /// <summary>One waiter's hints. A slow reader loses the oldest ones, which it may: it looks for itself.</summary>
    public sealed class Subscription : IDisposable
    {
        private readonly Channel<KernelNotification> _hints = Channel.CreateBounded<KernelNotification>(
            new BoundedChannelOptions(4096) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

        private readonly KernelNotifications _owner;

        internal Subscription(KernelNotifications owner) => _owner = owner;

        public ChannelReader<KernelNotification> Reader => _hints.Reader;

        /// <summary>Waits for a hint, but no longer than the patience, and takes all that are there.</summary>
        public async Task WaitAsync(TimeSpan patience, CancellationToken cancellation)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(patience);
            try
            {
                await _hints.Reader.WaitToReadAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return; // patience is over: the caller looks for itself
            }

            while (_hints.Reader.TryRead(out _)) { }
        }

        public void Dispose()
        {
            _owner._subscriptions.TryRemove(this, out _);
            _hints.Writer.TryComplete();
        }

        internal void Tell(KernelNotification hint) => _hints.Writer.TryWrite(hint);
    }
}
