using AgentOS.Activities.Models;
using AgentOS.Testing.Models;
using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Tests.Models;

public class ModelGatewayTests
{
    [Fact]
    public async Task An_answer_is_streamed_counted_and_priced()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Text("Hello there, all.", new()
        {
            ["prompt_tokens"] = 1000, ["completion_tokens"] = 50, ["total_tokens"] = 1050, ["prompt_tokens_details"] = new System.Text.Json.Nodes.JsonObject { ["cached_tokens"] = 400 },
        }));
        using var fixture = new GatewayFixture(model);

        var reply = (await fixture.AskAsync()).ShouldBeOfType<ModelReply>();

        reply.Text.ShouldBe("Hello there, all.");
        string.Concat(fixture.Deltas.OfType<ModelDelta.Text>().Select(d => d.Value)).ShouldBe(reply.Text);
        reply.Usage.ShouldBe(new ModelUsage(1000, 400, 50, IsEstimate: false));
        reply.CostUsd.ShouldBe((600 * 1m + 400 * 0.1m + 50 * 10m) / 1_000_000m);
        reply.Model.ShouldBe("main/first");
        fixture.Ledger.Calls.ShouldHaveSingleItem().CostUsd.ShouldBe(reply.CostUsd);
    }

    [Fact]
    public async Task The_request_carries_the_key_the_tools_and_the_output_limit_that_every_endpoint_knows()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Text("ok"));
        using var fixture = new GatewayFixture(model, roleSettings: "temperature: 0.5");

        await fixture.AskAsync(GatewayFixture.Request(GatewayFixture.WriteFile));

        var request = model.Requests.ShouldHaveSingleItem();
        request.Authorization.ShouldBe("Bearer " + GatewayFixture.Key);
        request.Model.ShouldBe("first");
        ((int?)request.Body["max_tokens"]).ShouldBe(1000);
        request.Body["max_completion_tokens"].ShouldBeNull();
        ((double)request.Body["temperature"]!).ShouldBe(0.5);
        ((string?)request.Body["tools"]![0]!["function"]!["name"]).ShouldBe("write_file");
        ((bool)request.Body["stream"]!).ShouldBeTrue();
        ((bool)request.Body["stream_options"]!["include_usage"]!).ShouldBeTrue();
    }

    [Fact]
    public async Task Usage_that_the_endpoint_does_not_tell_is_estimated_and_marked()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Text("Hello there, all.", withUsage: false));
        using var fixture = new GatewayFixture(model);

        var reply = (await fixture.AskAsync()).ShouldBeOfType<ModelReply>();

        reply.Usage.IsEstimate.ShouldBeTrue();
        reply.Usage.InputTokens.ShouldBeGreaterThan(5);
        reply.CostUsd.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Over_the_budget_nothing_is_sent()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Text("ok"));
        using var fixture = new GatewayFixture(model, budget: 0.005m);

        var failure = (await fixture.AskAsync()).ShouldBeOfType<ModelFailure>();

        failure.Kind.ShouldBe(ModelFailureKind.BudgetExceeded);
        failure.Message.ShouldContain("Raise the budget");
        model.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_step_that_is_recorded_is_not_asked_or_paid_again()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Tools("tool_calls", ("c1", "write_file", """{"path":"a","content":"é"}""")).WithReasoning("Hm."));
        using var fixture = new GatewayFixture(model);

        var first = (await fixture.AskAsync()).ShouldBeOfType<ModelReply>();
        var again = (await fixture.AskAsync()).ShouldBeOfType<ModelReply>();

        model.Requests.Count.ShouldBe(1);
        again.IsRecorded.ShouldBeTrue();
        again.ToolCalls.ShouldBe(first.ToolCalls);
        (again with { IsRecorded = false, ToolCalls = first.ToolCalls }).ShouldBe(first);
        fixture.Ledger.SpentUsd.ShouldBe(first.CostUsd);
    }

    [Fact]
    public async Task A_step_that_failed_may_be_asked_again()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Refusal(401), ScriptedAnswer.Text("ok"));
        using var fixture = new GatewayFixture(model);

        (await fixture.AskAsync()).ShouldBeOfType<ModelFailure>();
        (await fixture.AskAsync()).ShouldBeOfType<ModelReply>();
    }

    [Fact]
    public async Task An_unusable_configuration_is_a_failure_too()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Text("ok"));
        using var fixture = new GatewayFixture(model);

        var failure = (await fixture.AskAsync(GatewayFixture.Request() with { Role = "reviewer" })).ShouldBeOfType<ModelFailure>();
        var unknown = (await fixture.AskAsync(GatewayFixture.Request() with { Model = "gpt-9" })).ShouldBeOfType<ModelFailure>();

        (failure.Kind, unknown.Kind).ShouldBe((ModelFailureKind.Configuration, ModelFailureKind.Configuration));
        failure.Message.ShouldContain("no role 'reviewer'");
        unknown.Message.ShouldContain("no model 'gpt-9'");
    }

    [Fact]
    public async Task A_limit_used_up_by_thinking_alone_is_a_failure_that_names_the_setting()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Text("", finish: "length").WithReasoning("Hm, hm."));
        using var fixture = new GatewayFixture(model);

        var failure = (await fixture.AskAsync()).ShouldBeOfType<ModelFailure>();

        (failure.Attempts, failure.CostUsd > 0).ShouldBe((1, true));
        failure.Message.ShouldContain("Raise 'max_output'");
    }

    [Fact]
    public async Task A_watcher_that_fails_does_not_cost_the_answer()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Text("Hello there, all."));
        using var fixture = new GatewayFixture(model);

        var reply = await fixture.Gateway.AskAsync(GatewayFixture.Request(), _ => throw new IOException("the screen is gone"));

        reply.ShouldBeOfType<ModelReply>().Attempts.ShouldBe(1);
    }

    [Fact]
    public async Task A_session_s_call_records_what_is_new_and_not_all_that_was_said_before()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Text("ok"));
        using var fixture = new GatewayFixture(model);
        var request = GatewayFixture.Request();

        await fixture.AskAsync(request with
        {
            SessionId = Guid.CreateVersion7(),
            Messages = [.. request.Messages, new(ChatRole.Assistant, "I did."), new(ChatRole.User, "And now\0 this.")],
        });

        var recorded = fixture.Ledger.Calls[0].Planned.RequestJson;
        recorded.ShouldContain("And now\uFFFD this.");
        recorded.ShouldContain("I did.");
        recorded.ShouldNotContain("You code.");
    }

    [Fact]
    public async Task A_conversation_is_brought_within_each_models_own_context()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Text("ok"));
        using var fixture = new GatewayFixture(model);
        var rounds = Enumerable.Range(0, 30).SelectMany(i => (ChatMessage[])[
            new(ChatRole.Assistant, [new FunctionCallContent($"c{i}", "read_file", new Dictionary<string, object?> { ["path"] = "a" })]),
            new(ChatRole.Tool, [new FunctionResultContent($"c{i}", new string('x', 9000))])]);
        var request = GatewayFixture.Request();

        (await fixture.AskAsync(request with { Messages = [.. request.Messages, .. rounds] })).ShouldBeOfType<ModelReply>();

        var sent = model.Requests[0].Messages;
        sent.Count.ShouldBe(62);
        ((string?)sent[3]!["content"])!.ShouldContain("9000 characters of output left out");
        ((string?)sent[^1]!["content"])!.Length.ShouldBe(9000);
    }
}
