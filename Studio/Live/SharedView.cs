using Microsoft.Extensions.Logging;

namespace AgentOS.Studio.Live;

/// <summary>One view and all who look at it. Read again after a change, one reading at a time: changes that come meanwhile share the next.</summary>
internal sealed partial class SharedView<T>(LiveView<T> view, IServiceProvider services, ILogger logger) where T : class
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<Action<T>> _watchers = [];
    private readonly TaskCompletionSource<T> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IDisposable? _listening;
    private ITimer? _clock;
    private Action? _left;
    private bool _isStale, _isReading, _isOver;

    public T? Current { get; private set; }

    public Task FirstAsync() => _first.Task;

    /// <returns>Null when the view is over, because all had left.</returns>
    public LiveWatch<T>? Join(Action<T> changed, ChangeFeed feed, Action left)
    {
        lock (_gate)
        {
            if (_isOver) return null;
            _watchers.Add(changed);
            if (_listening is null)
            {
                _left = left;
                _listening = feed.Listen(changes => { if (changes.Missed || view.IsConcerned(changes)) Stale(); });
                if (view.Every is { } every) _clock = TimeProvider.System.CreateTimer(_ => Stale(), null, every, every);
                Stale();
            }

            return new(() => Current!, () => Leave(changed));
        }
    }

    private void Stale()
    {
        lock (_gate)
        {
            if (_isOver) return;
            _isStale = true;
            if (_isReading) return;
            _isReading = true;
        }

        _ = Task.Run(ReadAsync);
    }

    private async Task ReadAsync()
    {
        while (true)
        {
            lock (_gate)
            {
                if (_isOver || !_isStale)
                {
                    _isReading = false;
                    return;
                }

                _isStale = false;
            }

            try
            {
                var now = await view.ReadAsync(services, CancellationToken.None);
                if (Current is { } before) now = view.KeepFrom(before, now);
                Action<T>[] watchers;
                lock (_gate) watchers = Equals(now, Current) ? [] : [.. _watchers];
                Current = now;
                // Whoever waits for the first has it by that.
                if (!_first.TrySetResult(now))
                    foreach (var watcher in watchers) watcher(now);
                if (view.Rest > TimeSpan.Zero) await Task.Delay(view.Rest);
            }
            catch (Exception error)
            {
                // Who waits for the first reading is told why there is none; who has one keeps it while it is tried again.
                if (_first.TrySetException(error)) continue;
                NotRead(view.GetType().Name, error);
                await Task.Delay(Again);
                lock (_gate) _isStale = true;
            }
        }
    }

    private void Leave(Action<T> changed)
    {
        lock (_gate)
        {
            _watchers.Remove(changed);
            if (_isOver || _watchers.Count > 0) return;
            _isOver = true;
            _listening?.Dispose();
            _clock?.Dispose();
            _left?.Invoke();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{View} could not be read; trying again")]
    private partial void NotRead(string view, Exception error);
}
