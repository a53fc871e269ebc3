using System.CommandLine;
using AgentOS.Kernel;

namespace AgentOS.Server.Cli.Top;

/// <summary>top: board, agents and feed in the terminal, as they change.</summary>
internal static class TopCommand
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Unchanged = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var command = new Command("top", "Watch board, agents and feed in the terminal, as they change. Keys: ↑↓ move, tab next pane, enter show, f filter, q quit.");
        command.SetAction(async (parsed, cancellation) =>
        {
            if (Console.IsInputRedirected || Console.IsOutputRedirected || Environment.GetEnvironmentVariable("TERM") is "dumb")
                throw new AgentOSException("agentos top needs a terminal. Another program asks with: agentos task list --json, agentos agent status --json, agentos log -f --json");
            using var terminal = new TopTerminal(Color.IsOn);
            return await RunAsync(terminal, parsed.GetValue(CommonOptions.Url), cancellation);
        });
        return command.Example("agentos top", "agentos top --url http://127.0.0.1:5080");
    }

    private static async Task<int> RunAsync(TopTerminal terminal, string? url, CancellationToken cancellation)
    {
        var gate = new Lock();
        var state = TopState.Empty;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var news = new TopNews(() => ApiClient.Connect(url), Change);
        var bringing = news.RunAsync(stop.Token);
        var drawn = (State: (TopState?)null, Size: (0, 0), At: DateTimeOffset.MinValue);
        try
        {
            while (!stop.IsCancellationRequested)
            {
                while (Console.KeyAvailable)
                {
                    var (next, wish) = TopKeys.Press(Read(), Console.ReadKey(intercept: true));
                    if (wish == TopWish.Quit) return ExitCode.Done;
                    // Only what keys change: news that came meanwhile stay.
                    Change(now => now with { Focus = next.Focus, Filter = next.Filter, IsTyping = next.IsTyping, Selected = next.Selected, Detail = next.Detail });
                    if (wish == TopWish.Show && await news.ShowAsync(Read(), stop.Token) is { } detail) Change(now => now with { Detail = detail });
                }

                var (seen, size, at) = (Read(), TopTerminal.Size, DateTimeOffset.UtcNow);
                if (!ReferenceEquals(seen, drawn.State) || size != drawn.Size || at - drawn.At > Unchanged)
                {
                    terminal.Draw(TopScreen.Render(seen, size.Width, size.Height, at));
                    drawn = (seen, size, at);
                }

                if (bringing.IsCompleted) await bringing; // it never ends by itself: this throws
                await Task.Delay(Frame, stop.Token);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await bringing.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        return ExitCode.Done;

        void Change(Func<TopState, TopState> how)
        {
            lock (gate) state = how(state);
        }

        TopState Read()
        {
            lock (gate) return state;
        }
    }
}
