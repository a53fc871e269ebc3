using System.Diagnostics;
using System.Text.Json;
using AgentOS.Activities.Models;
using AgentOS.Testing.Models;
using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Tests.Models;

public class KeySafetyTests
{
    [Theory]
    [InlineData("""{"error":{"message":"Incorrect API key provided: KEY."}}""")]
    [InlineData("""your key KEY is bad""")]
    [InlineData("""{"error":"Bearer KEY"}""")]
    public async Task A_refusal_that_quotes_the_key_leaves_it_nowhere(string body)
    {
        using var traces = new Traces();
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Refusal(401, body.Replace("KEY", GatewayFixture.Key, StringComparison.Ordinal), ("X-Echo", GatewayFixture.Key)));
        using var fixture = new GatewayFixture(model);

        var failure = (await fixture.AskAsync()).ShouldBeOfType<ModelFailure>();

        failure.Message.ShouldContain("***");
        (failure + JsonSerializer.Serialize(fixture.Ledger.Calls) + traces.Text).ShouldNotContain(GatewayFixture.Key);
    }

    [Fact]
    public async Task A_key_that_got_into_a_conversation_is_neither_sent_nor_recorded()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Text($"The key is {GatewayFixture.Key}."));
        using var fixture = new GatewayFixture(model);
        var request = GatewayFixture.Request() with
        {
            Messages = [
                new(ChatRole.User, $"My key is {GatewayFixture.Key}."),
                new(ChatRole.Assistant, [new FunctionCallContent("a", "write_file", new Dictionary<string, object?> { ["content"] = GatewayFixture.Key })]),
                new(ChatRole.Tool, [new FunctionResultContent("a", $"DEEPSEEK_API_KEY={GatewayFixture.Key}")]),
            ],
        };

        var reply = (await fixture.AskAsync(request)).ShouldBeOfType<ModelReply>();

        reply.Text.ShouldBe("The key is ***.");
        (model.Requests[0].Body.ToJsonString() + JsonSerializer.Serialize(fixture.Ledger.Calls)).ShouldNotContain(GatewayFixture.Key);
    }

    [Fact]
    public async Task Traces_follow_the_gen_ai_conventions_and_hold_no_texts()
    {
        using var traces = new Traces();
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Text("A private answer."));
        using var fixture = new GatewayFixture(model);

        await fixture.AskAsync();

        var span = traces.Spans.ShouldHaveSingleItem();
        span.GetTagItem("gen_ai.operation.name").ShouldBe("chat");
        span.GetTagItem("gen_ai.provider.name").ShouldBe("main");
        span.GetTagItem("gen_ai.request.model").ShouldBe("first");
        span.GetTagItem("gen_ai.usage.input_tokens").ShouldBe(100);
        traces.Text.ShouldNotContain("private");
        traces.Text.ShouldNotContain("Do it.");
    }

    [Fact]
    public async Task Tokens_and_durations_are_measured_under_the_conventions_names()
    {
        var measured = new System.Collections.Concurrent.ConcurrentBag<string>();
        using var meters = new System.Diagnostics.Metrics.MeterListener
        {
            InstrumentPublished = (instrument, listener) => { if (instrument.Meter.Name == ModelTelemetry.Source) listener.EnableMeasurementEvents(instrument); },
        };
        meters.SetMeasurementEventCallback<int>((instrument, _, _, _) => measured.Add(instrument.Name));
        meters.SetMeasurementEventCallback<long>((instrument, _, _, _) => measured.Add(instrument.Name));
        meters.SetMeasurementEventCallback<double>((instrument, _, _, _) => measured.Add(instrument.Name));
        meters.Start();
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Text("ok"));
        using var fixture = new GatewayFixture(model);

        await fixture.AskAsync();

        measured.ShouldContain("gen_ai.client.token.usage");
        measured.ShouldContain("gen_ai.client.operation.duration");
    }

    /// <summary>The spans of this test: others run at the same time, and a parent tells them apart.</summary>
    private sealed class Traces : IDisposable
    {
        private readonly ActivityListener _listener;
        private readonly Activity _parent = new Activity("test").Start();

        public Traces()
        {
            _listener = new()
            {
                ShouldListenTo = source => source.Name == ModelTelemetry.Source,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = span => { if (span.TraceId == _parent.TraceId) lock (Spans) Spans.Add(span); },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public List<Activity> Spans { get; } = [];

        public string Text => JsonSerializer.Serialize(Spans.Select(s => new { s.DisplayName, s.StatusDescription, Tags = s.TagObjects.Select(t => $"{t.Key}={t.Value}"), Events = s.Events.SelectMany(e => e.Tags).Select(t => $"{t.Key}={t.Value}") }));

        public void Dispose()
        {
            _listener.Dispose();
            _parent.Dispose();
        }
    }
}
