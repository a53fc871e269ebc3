using System.Text.Json;
using AgentOS.Activities.Models;
using CsCheck;
using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Tests.Models;

public class TranscriptTests
{
    private static ToolCall Call(string id, string? problem = null) => new(id, "read_file", """{"path":"a"}""", problem);

    private static AssistantEntry Answer(params ToolCall[] calls) => new("", null, calls, "p/m");

    private static string Shown(IEnumerable<ChatMessage> messages) => string.Join(" | ", messages.Select(m =>
        $"{m.Role}:{m.Text}{string.Concat(m.Contents.OfType<FunctionCallContent>().Select(c => $"<{c.CallId}>"))}{string.Concat(m.Contents.OfType<FunctionResultContent>().Select(r => $"{r.CallId}={r.Result}"))}"));

    [Fact]
    public void Entries_become_messages_in_their_order() =>
        Shown(Transcript.Messages([new SystemEntry("You code."), new UserEntry("Do it."), Answer(Call("1"), Call("2")), new ToolEntry("1", "t", "one"), new ToolEntry("2", "t", "two"), new AssistantEntry("Done.", null, [], "p/m")]))
            .ShouldBe("system:You code. | user:Do it. | assistant:<1><2> | tool:1=one | tool:2=two | assistant:Done.");

    [Fact]
    public void A_result_that_came_late_or_twice_or_for_no_call_is_put_right() =>
        Shown(Transcript.Messages([Answer(Call("1"), Call("2")), new ToolEntry("2", "t", "two"), new UserEntry("Hurry."), new ToolEntry("1", "t", "one"), new ToolEntry("1", "t", "again"), new ToolEntry("9", "t", "whose?")]))
            .ShouldBe("assistant:<1><2> | tool:1=one | tool:2=two | user:Hurry.");

    [Fact]
    public void A_call_without_a_result_is_told_as_not_run() =>
        Shown(Transcript.Messages([Answer(Call("1"), Call("2", "bad JSON."))]))
            .ShouldBe("assistant:<1><2> | tool:1=Error: the call was interrupted and has no result. Call again if it is still needed. | tool:2=Error: bad JSON.");

    [Fact]
    public void Ids_that_an_endpoint_uses_again_belong_to_the_answer_before_them() =>
        Shown(Transcript.Messages([Answer(Call("1")), new ToolEntry("1", "t", "first"), Answer(Call("1")), new ToolEntry("1", "t", "second")]))
            .ShouldBe("assistant:<1> | tool:1=first | assistant:<1> | tool:1=second");

    [Fact]
    public void What_is_to_be_run_next_are_the_last_answers_calls_without_results()
    {
        Transcript.Pending([Answer(Call("1"), Call("2")), new ToolEntry("1", "t", "one")]).Select(c => c.Id).ShouldBe(["2"]);
        Transcript.Pending([Answer(Call("1")), new UserEntry("x"), Answer()]).ShouldBeEmpty();
        Transcript.Pending([]).ShouldBeEmpty();
    }

    [Fact]
    public void Entries_survive_as_JSON()
    {
        TranscriptEntry[] entries = [new SystemEntry("s"), new UserEntry("u"), new AssistantEntry("a", "r", [Call("1", "p")], "p/m"), new ToolEntry("1", "t", "x")];

        var back = JsonSerializer.Deserialize<TranscriptEntry[]>(JsonSerializer.Serialize(entries))!;

        JsonSerializer.Serialize(back).ShouldBe(JsonSerializer.Serialize(entries));
        back[2].ShouldBeOfType<AssistantEntry>().ToolCalls.ShouldBe([Call("1", "p")]);
    }

    [Fact]
    public void Whatever_is_cut_for_space_every_call_keeps_exactly_one_result_right_after_it()
    {
        var lengths = Gen.Int[0, 6000].Array[1, 40];
        Gen.Select(lengths, Gen.Int[200, 20_000]).Sample((outputs, tokens) =>
        {
            var messages = Conversation(outputs);
            if (ContextWindow.Fit(messages, tokens) is not { } fitted) return;
            fitted.Sum(TokenEstimate.Of).ShouldBeLessThanOrEqualTo(tokens);
            fitted[0].Role.ShouldBe(ChatRole.System);
            fitted[1].Role.ShouldBe(ChatRole.User);
            for (var i = 0; i < fitted.Count; i++)
            {
                var calls = fitted[i].Contents.OfType<FunctionCallContent>().Select(c => c.CallId).ToList();
                fitted.Skip(i + 1).TakeWhile(m => m.Role == ChatRole.Tool).SelectMany(m => m.Contents.OfType<FunctionResultContent>()).Select(r => r.CallId)
                    .Take(calls.Count).ShouldBe(calls);
                if (fitted[i].Role == ChatRole.Tool) fitted[i - 1].Role.ShouldNotBe(ChatRole.User);
            }
        }, iter: 500);
    }

    [Fact]
    public void What_fits_is_not_touched_and_old_outputs_give_way_before_anything_else()
    {
        var messages = Conversation([.. Enumerable.Repeat(3000, 10)]);

        ContextWindow.Fit(messages, 100_000).ShouldBeSameAs(messages);
        var fitted = ContextWindow.Fit(messages, 8_000)!;

        fitted.Count.ShouldBe(messages.Count);
        Result(fitted[3]).ShouldContain("3000 characters of output left out");
        Result(fitted[^1]).Length.ShouldBe(3000);
    }

    [Fact]
    public void The_beginning_stays_the_same_while_a_conversation_grows_so_that_caches_are_of_use()
    {
        var outputs = Enumerable.Repeat(3000, 20).ToArray();

        var beginnings = Enumerable.Range(9, 8).Select(n => ContextWindow.Fit(Conversation(outputs[..n]), 8_000)!
            .Count(m => m.Contents.OfType<FunctionResultContent>().Any(r => r.Result is string { Length: < 200 }))).Distinct().Count();

        beginnings.ShouldBeLessThanOrEqualTo(4);
    }

    private static string Result(ChatMessage message) => (string)message.Contents.OfType<FunctionResultContent>().Single().Result!;

    private static List<ChatMessage> Conversation(int[] outputs) =>
    [
        .. Transcript.Messages([new SystemEntry("You code."), new UserEntry("Do it."),
            .. outputs.SelectMany((length, i) => (TranscriptEntry[])[Answer(Call($"c{i}")), new ToolEntry($"c{i}", "read_file", new string('x', length))])]),
    ];
}
