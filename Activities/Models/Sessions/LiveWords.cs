using System.Text;
using AgentOS.Kernel.Sessions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentOS.Activities.Models.Sessions;

/// <summary>Shows what steps say while they run. Nobody waits for it: a step goes on whether or not its words could be shown, and what it says is recorded by itself at its end.</summary>
public sealed partial class LiveWords(LiveOutputStore store, TimeProvider time, ILogger<LiveWords> log)
{
    /// <summary>Between two showings; a step that is over before says nothing.</summary>
    internal static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(100);

    private int _swept;

    /// <param name="id">Of the session, or of the task whose checks run.</param>
    /// <param name="seq">See <see cref="LiveOutput"/>.</param>
    public LiveStep Begin(Guid id, int seq) => new(this, id, seq);

    /// <summary>Shows what comes until there is nothing more; then takes it away.</summary>
    internal async Task ShowAsync(LiveStep step, CancellationToken over)
    {
        using var timer = new PeriodicTimer(Gap, time);
        var shown = 0L;
        try
        {
            if (Interlocked.Exchange(ref _swept, 1) == 0) await store.SweepAsync(CancellationToken.None);
            try
            {
                while (await timer.WaitForNextTickAsync(over))
                {
                    if (step.Now is not { } now || now.Revision == shown) continue;
                    await store.WriteAsync(now, over);
                    shown = now.Revision;
                }
            }
            catch (OperationCanceledException)
            {
                // The step is over.
            }

            if (shown > 0) await store.EndAsync(step.Id, step.Seq, CancellationToken.None);
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or ObjectDisposedException)
        {
            NotShown(error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "What a step says is not shown as it comes: {Reason}")]
    private partial void NotShown(string reason);
}

/// <summary>The words of one step.</summary>
public sealed class LiveStep(LiveWords words, Guid id, int seq) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();
    private CancellationTokenSource? _over;
    private long _leftOut, _revision;
    private bool _isOver;

    public Guid Id => id;

    public int Seq => seq;

    internal LiveOutput? Now
    {
        get
        {
            lock (_gate)
            {
                Trim(LiveOutput.Longest);
                return _revision == 0 ? null : new(id, seq, _text.ToString(), _leftOut, _revision);
            }
        }
    }

    public void Say(string text)
    {
        lock (_gate)
        {
            if (_isOver || text.Length == 0) return;
            _text.Append(text);
            // Time stands for the order also among tries of the same step, after a crash.
            _revision = Math.Max(_revision + 1, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
            if (_text.Length > 4 * LiveOutput.Longest) Trim(LiveOutput.Longest);
            if (_over is not null) return;
            _over = new();
            var over = _over.Token;
            _ = Task.Run(() => words.ShowAsync(this, over), CancellationToken.None);
        }
    }

    public void SayLine(string line) => Say(line.EndsWith('\n') ? line : line + "\n");

    /// <summary>What was said does not count: it begins anew.</summary>
    public void StartOver(string why)
    {
        lock (_gate)
        {
            _text.Clear();
            _leftOut = 0;
        }

        SayLine(why);
    }

    public void Dispose()
    {
        lock (_gate) _isOver = true;
        _over?.Cancel();
    }

    private void Trim(int longest)
    {
        if (_text.Length <= longest) return;
        var cut = _text.Length - longest;
        if (char.IsLowSurrogate(_text[cut])) cut++;
        _text.Remove(0, cut);
        _leftOut += cut;
    }
}
