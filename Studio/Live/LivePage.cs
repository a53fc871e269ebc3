using Microsoft.AspNetCore.Components;

namespace AgentOS.Studio.Live;

/// <summary>A component that shows one <see cref="LiveView{T}"/> and is drawn again when it changes.</summary>
public abstract class LivePage<T> : ComponentBase, IHandleEvent, IDisposable where T : class
{
    private LiveView<T>? _watched;
    private IDisposable? _watch;
    private bool _isGone;

    [Inject] internal LiveViews Views { get; set; } = null!;

    /// <summary>What the parameters, and what a person did, ask for. Another value than before replaces what is watched.</summary>
    protected abstract LiveView<T> View { get; }

    /// <summary>Null until the first reading is there.</summary>
    protected T? Data { get; private set; }

    /// <summary>Another reading of the same view comes in the place of the one that was shown.</summary>
    protected virtual void Replaced(T before, T now)
    {
    }

    protected override Task OnParametersSetAsync() => LookAsync();

    // As the base does, but that an event ("show more") may ask for another view.
    async Task IHandleEvent.HandleEventAsync(EventCallbackWorkItem callback, object? arg)
    {
        var done = callback.InvokeAsync(arg);
        StateHasChanged();
        try
        {
            await done;
        }
        catch (OperationCanceledException) when (done.IsCanceled)
        {
            return;
        }

        await LookAsync();
        StateHasChanged();
    }

    private async Task LookAsync()
    {
        var view = View;
        if (view.Equals(_watched)) return;
        _watched = view;
        _watch?.Dispose();
        _watch = null;
        if (!RendererInfo.IsInteractive)
        {
            Data = await Views.ReadAsync(view);
            return;
        }

        T? newest = null;
        var watch = await Views.WatchAsync<T>(view, Changed);
        if (_isGone || !view.Equals(_watched))
        {
            watch.Dispose(); // left, or asked for another, while it was read
            return;
        }

        (Data, _watch) = (watch.Now, watch);
        void Changed(T value)
        {
            // One that waits to be drawn takes the newest: on a busy machine readings may come sooner than they are drawn. (A renderer that is idle
            // would draw here and now, and all other pages would wait for it.)
            if (Interlocked.Exchange(ref newest, value) is null) _ = Task.Run(() => InvokeAsync(Draw));
        }

        void Draw()
        {
            var value = Interlocked.Exchange(ref newest, null);
            if (_isGone || !view.Equals(_watched)) return;
            if (Data is { } before && value is not null) Replaced(before, value);
            Data = value;
            StateHasChanged();
        }
    }

    public void Dispose()
    {
        _isGone = true;
        _watch?.Dispose();
        GC.SuppressFinalize(this);
    }
}
