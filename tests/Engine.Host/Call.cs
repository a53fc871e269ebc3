using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Host;

/// <summary>Asks a web address, and goes on when it answers: how a test knows where a run is, and holds it there.</summary>
[Activity("Test", "Test", "Asks a web address.")]
public sealed class Call : Activity<string>
{
    [Input(Description = "What to ask.")]
    public Input<string> Url { get; set; } = null!;

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        using var http = context.GetRequiredService<IHttpClientFactory>().CreateClient();
        http.Timeout = Timeout.InfiniteTimeSpan;
        context.SetResult(await http.GetStringAsync(context.Get(Url), context.CancellationToken));
        await context.CompleteActivityAsync();
    }
}
