using System.Threading.Channels;
using AgentOS.Kernel.Tasks;
using AgentOS.Server.Cli;
using AgentOS.Server.Cli.Top;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests;

public sealed class TopNewsTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_server_that_is_started_anew_is_found_again_and_nothing_is_missed()
    {
        var states = Channel.CreateUnbounded<TopState>();
        var (gate, state) = (new Lock(), TopState.Empty);
        using var stop = new CancellationTokenSource(Limit);
        using var news = new TopNews(() => new ApiClient(server.Url, server.Token), how => { lock (gate) states.Writer.TryWrite(state = how(state)); });
        var bringing = news.RunAsync(stop.Token);
        await CreateAsync("Before");
        await UntilAsync("Before");

        await server.RestartAsync();
        await CreateAsync("After");

        await UntilAsync("After");
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => bringing);

        async Task CreateAsync(string title) => await server.App.Services.GetRequiredService<TaskStore>().CreateAsync(new(title));

        async Task UntilAsync(string title)
        {
            await foreach (var seen in states.Reader.ReadAllAsync(stop.Token))
                if (seen.Problem is null && seen.Tasks.Any(task => task.Title == title) && seen.Feed.Any(entry => entry.Message == title)) return;
        }
    }
}
