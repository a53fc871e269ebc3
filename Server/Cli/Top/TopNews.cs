using AgentOS.Kernel;
using AgentOS.Kernel.Log;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Tasks;
using AgentOS.Server.Api;

namespace AgentOS.Server.Cli.Top;

/// <summary>Brings what the server knows into the state: the log as it grows, and board and agents when it has grown. A server that goes away is waited for.</summary>
internal sealed class TopNews(Func<ApiClient> connect, Action<Func<TopState, TopState>> change) : IDisposable
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WithoutNews = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _grown = new(0);

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            using var connection = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            try
            {
                // Anew each time: a server that comes back may have another address.
                using var client = connect();
                await LookAsync(client, connection.Token);
                var feed = await client.GetAsync<List<ActivityEntry>>("/api/log?limit=200", connection.Token);
                change(state => state with { Feed = feed, Problem = null });
                var following = FollowAsync(client, feed.Count > 0 ? feed[^1].Position : 0, connection.Token);
                var looking = KeepLookingAsync(client, connection.Token);
                await await Task.WhenAny(following, looking);
                throw new ServerUnreachableException("The server has closed the log.");
            }
            catch (Exception error) when (!cancellation.IsCancellationRequested && error is AgentOSException or IOException or HttpRequestException or OperationCanceledException)
            {
                await connection.CancelAsync();
                change(state => state with { Problem = $"{error.Message} Trying again…" });
                await Task.Delay(BetweenTries, cancellation);
            }
        }
    }

    public void Dispose() => _grown.Dispose();

    /// <summary>What enter shows: the task as 'agentos task show' does, the agent, or the whole entry.</summary>
    public async Task<TopDetail?> ShowAsync(TopState state, CancellationToken cancellation)
    {
        var row = state.Selected.Of(state.Focus);
        try
        {
            switch (state.Focus)
            {
                case TopPane.Board when state.ShownTasks.ElementAtOrDefault(row) is { } task:
                    using (var client = connect()) return TopDetails.Of(await client.GetAsync<TaskDetails>($"/api/tasks/{task.Id}", cancellation), state);
                case TopPane.Agents when state.ShownAgents.ElementAtOrDefault(row) is { } agent:
                    return TopDetails.Of(agent);
                case TopPane.Feed when state.ShownFeed.ElementAtOrDefault(row) is { } entry:
                    return TopDetails.Of(entry);
                default:
                    return null;
            }
        }
        catch (AgentOSException error)
        {
            return new("Not now", [error.Message]);
        }
    }

    private async Task LookAsync(ApiClient client, CancellationToken cancellation)
    {
        var tasks = await client.GetAsync<List<AgentTask>>("/api/tasks?limit=500", cancellation);
        var agents = await client.GetAsync<List<AgentReport>>("/api/agents/status", cancellation);
        var questions = await client.GetAsync<List<Message>>("/api/questions", cancellation);
        change(state => state with { Tasks = tasks, Agents = agents, Questions = questions.Count, Problem = null });
    }

    private async Task KeepLookingAsync(ApiClient client, CancellationToken cancellation)
    {
        while (true)
        {
            await _grown.WaitAsync(WithoutNews, cancellation);
            while (await _grown.WaitAsync(0, cancellation)) { } // many entries, one look
            await LookAsync(client, cancellation);
            await Task.Delay(BetweenLooks, cancellation);
        }
    }

    private async Task FollowAsync(ApiClient client, long after, CancellationToken cancellation)
    {
        await foreach (var entry in EventReader.ReadAsync(client, [], after, cancellation))
        {
            change(state => state.With(entry));
            _grown.Release();
        }
    }
}
