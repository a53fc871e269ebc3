using AgentOS.Activities.Models;
using AgentOS.Testing.Models;

namespace AgentOS.Activities.Tests.Models;

/// <summary>What an endpoint may do wrong, and what the gateway makes of it.</summary>
public class ModelFaultTests
{
    [Theory]
    [InlineData(408), InlineData(409), InlineData(429), InlineData(500), InlineData(503)]
    public async Task What_may_pass_is_tried_again(int status)
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Refusal(status), ScriptedAnswer.Text("ok"));
        using var fixture = new GatewayFixture(model);

        var reply = (await fixture.AskAsync()).ShouldBeOfType<ModelReply>();

        reply.Attempts.ShouldBe(2);
        fixture.Deltas[0].ShouldBeOfType<ModelDelta.Retry>().Reason.ShouldContain($"{status}");
    }

    [Theory]
    [InlineData(400, ModelFailureKind.Refused), InlineData(401, ModelFailureKind.Authentication), InlineData(402, ModelFailureKind.Payment)]
    [InlineData(403, ModelFailureKind.Authentication), InlineData(404, ModelFailureKind.Refused)]
    public async Task What_will_not_pass_is_not_tried_again_and_says_what_to_do(int status, ModelFailureKind kind)
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Refusal(status, """{"error":{"message":"that's wrong"}}"""));
        using var fixture = new GatewayFixture(model);

        var failure = (await fixture.AskAsync()).ShouldBeOfType<ModelFailure>();

        failure.Kind.ShouldBe(kind);
        failure.Attempts.ShouldBe(1);
        failure.Message.ShouldContain($"main/first answered {status}: \"that's wrong\".");
        failure.Message.ShouldContain("llm.yaml:2");
        model.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_answer_without_end_is_cut_off_and_not_asked_for_again()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Garbage("data: " + new string('x', (int)BoundedStream.MostBytes), "text/event-stream"));
        using var fixture = new GatewayFixture(model);

        var failure = (await fixture.AskAsync()).ShouldBeOfType<ModelFailure>();

        failure.Message.ShouldContain("does not end its answer");
        model.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_answer_of_countless_tool_calls_is_asked_for_again()
    {
        await using var model = await ScriptedModel.StartAsync(
            ScriptedAnswer.Tools("tool_calls", [.. Enumerable.Range(0, ModelAttempt.MostCalls + 1).Select(n => ($"c{n}", "write_file", """{"path":"a","content":"b"}"""))]), ScriptedAnswer.Text("ok"));
        using var fixture = new GatewayFixture(model);

        (await fixture.AskAsync()).ShouldBeOfType<ModelReply>().Attempts.ShouldBe(2);

        fixture.Deltas.OfType<ModelDelta.Retry>().ShouldHaveSingleItem().Reason.ShouldContain("129 tool calls");
    }

    [Fact]
    public async Task When_the_primary_gives_up_the_fallback_is_asked_through_the_same_loop()
    {
        await using var primary = await ScriptedModel.StartAsync(ScriptedAnswer.Refusal(500));
        await using var fallback = await ScriptedModel.StartAsync(ScriptedAnswer.Refusal(503), ScriptedAnswer.Text("ok"));
        using var fixture = new GatewayFixture(primary, fallback);

        var reply = (await fixture.AskAsync()).ShouldBeOfType<ModelReply>();

        (reply.Model, reply.Attempts, primary.Requests.Count, fallback.Requests.Count).ShouldBe(("other/second", 5, 3, 2));
        fixture.Ledger.Calls.ShouldHaveSingleItem().Answer!.Model.ShouldBe("second");
    }

    [Fact]
    public async Task When_both_fail_the_message_tells_of_both()
    {
        await using var primary = await ScriptedModel.StartAsync(ScriptedAnswer.Refusal(402));
        await using var fallback = await ScriptedModel.StartAsync(ScriptedAnswer.Refusal(401));
        using var fixture = new GatewayFixture(primary, fallback);

        var failure = (await fixture.AskAsync()).ShouldBeOfType<ModelFailure>();

        failure.Message.ShouldContain("main/first answered 402");
        failure.Message.ShouldContain("Then the fallback: other/second answered 401");
    }

    [Theory]
    [InlineData("Retry-After", "7", 7, 7.8)]
    [InlineData("retry-after-ms", "1500", 1.5, 1.7)]
    public async Task The_wait_that_the_endpoint_asks_for_is_kept(string header, string value, double atLeast, double atMost)
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Refusal(429, headers: (header, value)));
        using var fixture = new GatewayFixture(model);
        using var leave = new CancellationTokenSource();
        ModelDelta.Retry? seen = null;

        await Should.ThrowAsync<OperationCanceledException>(() => fixture.Gateway.AskAsync(GatewayFixture.Request(), delta =>
        {
            seen = delta as ModelDelta.Retry;
            leave.Cancel();
            return ValueTask.CompletedTask;
        }, leave.Token));

        seen!.Delay.TotalSeconds.ShouldBeInRange(atLeast, atMost);
        fixture.Ledger.Calls.ShouldHaveSingleItem().Failure!.Error.ShouldBe("Cancelled.");
    }

    [Fact]
    public async Task An_endpoint_that_asks_for_too_long_a_wait_is_left_for_the_fallback_at_once()
    {
        await using var primary = await ScriptedModel.StartAsync(ScriptedAnswer.Refusal(429, headers: ("Retry-After", "3600")));
        await using var fallback = await ScriptedModel.StartAsync(ScriptedAnswer.Text("ok"));
        using var fixture = new GatewayFixture(primary, fallback);

        (await fixture.AskAsync()).ShouldBeOfType<ModelReply>().Attempts.ShouldBe(2);
    }

    [Theory]
    [InlineData(AnswerEnd.Abort), InlineData(AnswerEnd.Quiet), InlineData(AnswerEnd.Done)]
    public async Task A_stream_that_breaks_is_asked_for_again_and_what_came_of_it_is_paid(AnswerEnd end)
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Text("Hello there, all.").Then(end, 2), ScriptedAnswer.Text("Whole."));
        using var fixture = new GatewayFixture(model);

        var reply = (await fixture.AskAsync()).ShouldBeOfType<ModelReply>();

        (reply.Text, reply.Attempts).ShouldBe(("Whole.", 2));
        // A connection that is cut may take with it what was sent before.
        if (end != AnswerEnd.Abort) (reply.Usage.IsEstimate, reply.Usage.OutputTokens > 20).ShouldBe((true, true));
    }

    [Theory]
    [InlineData(0, "first_token: 0.1", "sent nothing for 0.1 s")]
    [InlineData(2, "idle: 0.1", "fell silent for 0.1 s")]
    [InlineData(2, "total: 0.3", "did not finish within 0.3 s")]
    public async Task An_endpoint_that_hangs_is_left_and_asked_again(int after, string timeouts, string reason)
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Text("Hello there, all.").Then(AnswerEnd.Hang, after), ScriptedAnswer.Text("ok"));
        using var fixture = new GatewayFixture(model, roleSettings: $"timeouts: {{ {timeouts} }}",
            // On a busy machine the good answer may be late too.
            retries: new(50, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(2), TimeSpan.FromSeconds(1)));

        (await fixture.AskAsync()).ShouldBeOfType<ModelReply>().Text.ShouldBe("ok");

        fixture.Deltas.OfType<ModelDelta.Retry>().First().Reason.ShouldContain(reason);
    }

    [Fact]
    public async Task Cancelling_ends_a_hanging_call_and_frees_what_was_reserved()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Text("Hello").Then(AnswerEnd.Hang, 0));
        using var fixture = new GatewayFixture(model);
        using var leave = new CancellationTokenSource();

        var asking = fixture.AskAsync(cancellation: leave.Token);
        await model.HangsAsync(TestContext.Current.CancellationToken);
        await leave.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => asking);
        fixture.Ledger.SpentUsd.ShouldBe(0);
    }

    [Theory]
    [InlineData("<html><body>Welcome</body></html>", "text/html")]
    [InlineData("data: {oops\n\n", "text/event-stream")]
    [InlineData("data: {\"error\":{\"message\":\"overloaded\"}}\n\ndata: [DONE]\n\n", "text/event-stream")]
    [InlineData("", "text/event-stream")]
    public async Task Garbage_is_a_failure_with_advice(string body, string type)
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Garbage(body, type));
        using var fixture = new GatewayFixture(model);

        var failure = (await fixture.AskAsync()).ShouldBeOfType<ModelFailure>();

        (failure.Kind, failure.Attempts).ShouldBe((ModelFailureKind.Broken, 3));
    }

    [Fact]
    public async Task An_endpoint_that_is_not_there_is_a_failure_with_its_address()
    {
        var gone = await ScriptedModel.StartAsync(ScriptedAnswer.Text("ok"));
        using var fixture = new GatewayFixture(gone);
        var url = gone.Url;
        await gone.DisposeAsync();

        var failure = (await fixture.AskAsync()).ShouldBeOfType<ModelFailure>();

        failure.Kind.ShouldBe(ModelFailureKind.Unavailable);
        failure.Message.ShouldContain($"main/first cannot be reached at {url}");
        failure.Message.ShouldContain("refused");
    }
}
