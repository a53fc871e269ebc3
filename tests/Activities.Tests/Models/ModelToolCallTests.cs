using AgentOS.Activities.Models;
using AgentOS.Testing.Models;
using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Tests.Models;

public class ModelToolCallTests
{
    private static Task<ModelOutcome> AskAsync(GatewayFixture fixture) => fixture.AskAsync(GatewayFixture.Request(GatewayFixture.WriteFile));

    [Fact]
    public async Task Calls_come_whole_with_their_arguments_as_the_model_wrote_them()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Tools("tool_calls",
            ("a", "write_file", """{"path": "x.cs", "content": "var s = \"é\";\n"}"""), ("b", "git_status", "")));
        using var fixture = new GatewayFixture(model);

        var reply = (await AskAsync(fixture)).ShouldBeOfType<ModelReply>();

        reply.ToolCalls.ShouldBe([
            new ToolCall("a", "write_file", """{"path": "x.cs", "content": "var s = \"é\";\n"}"""), new ToolCall("b", "git_status", "{}")]);
    }

    [Fact]
    public async Task Parallel_calls_of_an_endpoint_that_forgets_the_index_or_the_ids_stay_apart()
    {
        await using var model = await ScriptedModel.StartAsync(new ScriptedAnswer(200, [
            ScriptedAnswer.ToolChunk(0, "a", "write_file", """{"path":"1"}"""), ScriptedAnswer.ToolChunk(0, "b", "write_file", """{"path":"2"}"""),
            ScriptedAnswer.ToolChunk(1, null, "write_file", """{"path":"3"}"""), ScriptedAnswer.ToolChunk(2, "a", "write_file", """{"path":"4"}"""),
            ScriptedAnswer.Finish("tool_calls")]));
        using var fixture = new GatewayFixture(model);

        var reply = (await AskAsync(fixture)).ShouldBeOfType<ModelReply>();

        reply.ToolCalls.Select(c => c.Arguments).ShouldBe(["""{"path":"1"}""", """{"path":"2"}""", """{"path":"3"}""", """{"path":"4"}"""]);
        reply.ToolCalls.Select(c => c.Id).ShouldBeUnique();
    }

    [Fact]
    public async Task A_call_that_stops_in_the_middle_is_asked_for_again()
    {
        await using var model = await ScriptedModel.StartAsync(
            ScriptedAnswer.Tools("tool_calls", ("a", "write_file", """{"path":"x","conte""")),
            ScriptedAnswer.Tools("tool_calls", ("a", "write_file", """{"path":"x","content":""}""")));
        using var fixture = new GatewayFixture(model);

        var reply = (await AskAsync(fixture)).ShouldBeOfType<ModelReply>();

        (reply.Attempts, reply.ToolCalls[0].Arguments).ShouldBe((2, """{"path":"x","content":""}"""));
    }

    [Fact]
    public async Task A_call_that_always_stops_in_the_middle_is_a_failure()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Tools("tool_calls", ("a", "write_file", """{"path":"x","conte""")));
        using var fixture = new GatewayFixture(model);

        (await AskAsync(fixture)).ShouldBeOfType<ModelFailure>().Message.ShouldContain("stops in the middle");
    }

    [Theory]
    [InlineData("""{"path":"x","content":"all of it"}""")]
    [InlineData("""{"path":"x","conte""")]
    public async Task An_answer_that_hit_the_output_limit_has_no_call_that_may_run(string arguments)
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Tools("length", ("a", "write_file", arguments)));
        using var fixture = new GatewayFixture(model);

        var reply = (await AskAsync(fixture)).ShouldBeOfType<ModelReply>();

        reply.IsCut.ShouldBeTrue();
        reply.ToolCalls.ShouldHaveSingleItem().Problem!.ShouldContain("output limit");
    }

    [Theory]
    [InlineData("[1,2]"), InlineData("""{"path": x}"""), InlineData("not json"), InlineData("""{"a":1} {"b":2}""")]
    public async Task Arguments_that_are_no_JSON_object_are_told_to_the_model(string arguments)
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Tools("tool_calls", ("a", "write_file", arguments)));
        using var fixture = new GatewayFixture(model);

        var call = (await AskAsync(fixture)).ShouldBeOfType<ModelReply>().ToolCalls.ShouldHaveSingleItem();

        (call.Id, call.Name, call.Arguments).ShouldBe(("a", "write_file", "{}"));
        call.Problem!.ShouldContain("not a JSON object");
    }

    [Fact]
    public async Task Reasoning_is_kept_and_given_back_to_the_provider_it_came_from_only()
    {
        await using var primary = await ScriptedModel.StartAsync(r => r.Number == 1
            ? ScriptedAnswer.Tools("tool_calls", ("a", "write_file", "{}")).WithReasoning("Think first.") : ScriptedAnswer.Refusal(402));
        await using var fallback = await ScriptedModel.StartAsync(ScriptedAnswer.Text("ok"));
        using var fixture = new GatewayFixture(primary, fallback);

        var first = (await AskAsync(fixture)).ShouldBeOfType<ModelReply>();
        first.Reasoning.ShouldBe("Think first.");
        var assistant = new ChatMessage(ChatRole.Assistant, [new TextReasoningContent(first.Reasoning), new FunctionCallContent("a", "write_file", new Dictionary<string, object?>())])
        {
            AdditionalProperties = new() { ["agentos.model"] = first.Model },
        };
        var request = GatewayFixture.Request(GatewayFixture.WriteFile);
        await fixture.AskAsync(request with
        {
            StepKey = "session:2",
            Messages = [.. request.Messages, assistant, new(ChatRole.Tool, [new FunctionResultContent("a", "written")])],
        });

        var sent = primary.Requests[1].Messages[2]!;
        ((string?)sent["reasoning_content"]).ShouldBe("Think first.");
        ((string?)sent["tool_calls"]![0]!["function"]!["name"]).ShouldBe("write_file");
        fallback.Requests[0].Messages[2]!["reasoning_content"].ShouldBeNull();
        fallback.Requests[0].Messages[2]!["tool_calls"].ShouldNotBeNull();
    }

    [Theory]
    [InlineData("eos"), InlineData("end_turn")]
    public async Task A_finish_reason_in_other_words_does_not_break_a_whole_answer(string reason)
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Tools(reason, ("a", "write_file", """{"path":"\"finish_reason\":\"eos\""}""")));
        using var fixture = new GatewayFixture(model);

        (await AskAsync(fixture)).ShouldBeOfType<ModelReply>().ToolCalls.ShouldHaveSingleItem().Arguments.ShouldBe("""{"path":"\"finish_reason\":\"eos\""}""");
    }

    [Fact]
    public async Task A_finish_reason_that_is_empty_until_the_end_is_none_until_then()
    {
        var whole = ScriptedAnswer.Text("Hello there, all.");
        await using var model = await ScriptedModel.StartAsync(whole with
        {
            Events = [.. whole.Events.Select(e => e.Replace("\"finish_reason\":null", "\"finish_reason\":\"\"", StringComparison.Ordinal))],
        });
        using var fixture = new GatewayFixture(model);

        (await AskAsync(fixture)).ShouldBeOfType<ModelReply>().Text.ShouldBe("Hello there, all.");
    }

    [Fact]
    public async Task A_finish_reason_that_means_trouble_is_tried_again()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Text("Half", finish: "insufficient_system_resource"), ScriptedAnswer.Text("Whole."));
        using var fixture = new GatewayFixture(model);

        (await AskAsync(fixture)).ShouldBeOfType<ModelReply>().Text.ShouldBe("Whole.");
    }
}
