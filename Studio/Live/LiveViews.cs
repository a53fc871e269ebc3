using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace AgentOS.Studio.Live;

/// <summary>The views that open pages look at: each is read once for the process when it changes, and handed to all who look.</summary>
public sealed class LiveViews(ChangeFeed feed, IServiceProvider services, ILogger<LiveViews> logger)
{
    private readonly ConcurrentDictionary<object, object> _shared = new();

    /// <summary>As it is now, for a page that does not stay (the first drawing, before the browser is connected).</summary>
    public async Task<T> ReadAsync<T>(LiveView<T> view, CancellationToken cancellation = default) where T : class =>
        _shared.TryGetValue(view, out var shared) && ((SharedView<T>)shared).Current is { } current ? current : await view.ReadAsync(services, cancellation);

    /// <summary>Looks at it, with a call for every change until the watch is disposed.</summary>
    /// <param name="changed">Called on a thread of the pool: return at once, and hand it to the renderer with <c>InvokeAsync</c> from another one, as an idle renderer draws there and then.</param>
    public async Task<LiveWatch<T>> WatchAsync<T>(LiveView<T> view, Action<T> changed) where T : class
    {
        while (true)
        {
            var shared = (SharedView<T>)_shared.GetOrAdd(view, _ => new SharedView<T>(view, services, logger));
            // Null: the last one who looked left in this moment, and took the shared reading along.
            if (shared.Join(changed, feed, () => _shared.TryRemove(new(view, shared))) is not { } watch) continue;
            try
            {
                await shared.FirstAsync();
                return watch;
            }
            catch
            {
                watch.Dispose();
                throw;
            }
        }
    }
}

/// <summary>A look at a view, until it is disposed.</summary>
public sealed class LiveWatch<T>(Func<T> now, Action leave) : IDisposable
{
    public T Now => now();

    public void Dispose() => leave();
}
