using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using AgentOS.Engine.Tests.Runtime;
using AgentOS.Engine.Tests.Semantics.Corpus;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace AgentOS.Engine.Tests.Api;

/// <summary>Whoever watches an instance gets the messages that were recorded: their names, arguments, values and order.</summary>
public sealed class HubRecordingTests(EngineNodeFixture engine) : IClassFixture<EngineNodeFixture>
{
    private static readonly string[] Targets = ["ActivityExecutionLogUpdatedAsync", "WorkflowExecutionLogUpdatedAsync", "WorkflowInstanceUpdatedAsync"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task A_watched_instance_tells_what_was_recorded(HttpTransportType transport)
    {
        var recorded = RecordedDocumentTests.Read("hub-messages");
        var id = $"hub{(int)transport}";
        await engine.Node.PublishAsync($$$"""
            {"model":{"definitionId":"{{{id}}}","name":"{{{id}}}","root":{"id":"flow-a0003","type":"Elsa.Flowchart","version":1,"activities":[
              {{{Runtime.Definitions.WriteLine("One")}}},{{{Runtime.Definitions.Event("Go", id)}}},{{{Runtime.Definitions.WriteLine("Two")}}},
              {{{Runtime.Definitions.Activity("Del", "Elsa.Delay", Runtime.Definitions.Literal("timeSpan", "00:00:02"))}}},{{{Runtime.Definitions.WriteLine("Three")}}}],
              "connections":[{{{Connection("One", "Go")}}},{{{Connection("Go", "Two")}}},{{{Connection("Two", "Del")}}},{{{Connection("Del", "Three")}}}] }},"publish":true}
            """);
        using var started = await engine.Node.PostAsync($"elsa/api/workflow-definitions/{id}/execute");
        var instance = started.Headers.GetValues("x-elsa-workflow-instance-id").Single();

        await using var hub = new HubConnectionBuilder().WithUrl(new Uri(engine.Node.Http.BaseAddress!, "elsa/hubs/workflow-instance"), transport).Build();
        var messages = Channel.CreateUnbounded<(string Target, JsonNode Argument)>();
        foreach (var target in Targets) hub.On<JsonElement>(target, argument => messages.Writer.TryWrite((target, JsonNode.Parse(argument.GetRawText())!)));
        await hub.StartAsync();
        var refusal = await Should.ThrowAsync<HubException>(hub.InvokeAsync("ObserveInstanceAsync", "nope"));
        ((string)recorded["observeUnknownInstance"]!).ShouldEndWith(refusal.Message);

        // Studio does not wait for an answer. What was there before is told first.
        await hub.SendAsync("ObserveInstanceAsync", instance);
        await BatchAsync(messages.Reader, instance);
        (await engine.Node.PostAsync($"elsa/api/events/{id}/trigger")).Dispose();

        // The recorded server told everything three times in a row, in this order.
        var expected = recorded["messages"]!.AsArray();
        foreach (var batch in expected.Chunk(Targets.Length))
        {
            batch.Select(message => (string)message!["target"]!).ShouldBe(Targets);
            Difference.Between(ByNode(batch[0]!["arguments"]!.AsArray().Single()!), ByNode(await BatchAsync(messages.Reader, instance))).ShouldBeEmpty();
        }
    }

    // A claim of the instance is told too, without news of activities.
    private static async Task<JsonNode> BatchAsync(ChannelReader<(string Target, JsonNode Argument)> messages, string instance)
    {
        using var patience = new CancellationTokenSource(Patience);
        JsonNode? news = null;
        while (true)
        {
            var (target, argument) = await messages.ReadAsync(patience.Token);
            if (target == Targets[0])
            {
                news.ShouldBeNull("the journal's and the instance's message come after each news of activities");
                news = argument;
                (target, argument) = await messages.ReadAsync(patience.Token);
            }
            target.ShouldBe(Targets[1]);
            argument.ToJsonString().ShouldBe("{}");
            (target, argument) = await messages.ReadAsync(patience.Token);
            target.ShouldBe(Targets[2]);
            argument.ToJsonString().ShouldBe($$"""{"workflowInstanceId":"{{instance}}"}""");
            if (news is not null) return news;
        }
    }

    private static JsonArray ByNode(JsonNode argument)
    {
        argument.AsObject().Select(member => member.Key).ShouldBe(["stats"]);
        return [.. argument["stats"]!.AsArray().OrderBy(each => (string)each!["activityNodeId"]!, StringComparer.Ordinal).Select(each => each!.DeepClone())];
    }

    private static string Connection(string source, string target) => $$$"""{"source":{"activity":"{{{source}}}","port":"Done"},"target":{"activity":"{{{target}}}","port":"In"}}""";
}
