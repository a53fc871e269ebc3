using AgentOS.Activities.Models;
using AgentOS.Activities.Models.Recording;

namespace AgentOS.Activities.Tests.Models;

public class RecordingTests
{
    private static readonly string[] Coder = ["write_file", "finish"];

    private static CompletionRequest Request(string[] tools, params (string Role, string Text)[] messages) =>
        new("m", [.. messages.Select(m => new CompletionMessage(m.Role, m.Text))], tools, Stream: true, Length: 400);

    private static Recording Read(string text) => RecordingReader.Read(text, "r.yaml");

    private static Recording Example => Recording.Load(Path.Combine(RepositoryRoot.Path, "tests", "Activities.Tests", "Models", "example-recording.yaml"));

    [Fact]
    public void The_role_is_known_by_its_tools_and_the_turn_by_the_answers_so_far()
    {
        (string, string) goal = ("user", "# Goal\nBaskets can be\ndiscounted\n\nPlease.");

        var first = Example.Answer(Request(["create_tasks"], ("system", "You plan."), goal));
        var second = Example.Answer(Request(["create_tasks"], ("system", "You plan."), goal, ("assistant", ""), ("tool", "export …")));

        (first.ToolCalls[0].Name, first.InputTokens, first.OutputTokens, first.Latency).ShouldBe(("read_file", 1500, 60, TimeSpan.FromMilliseconds(10)));
        second.ToolCalls[0].Name.ShouldBe("create_tasks");
        second.ToolCalls[0].Arguments.ShouldBe("""{"tasks":[{"key":"discount","title":"Take a discount in per cent","description":"Add `discount(total, percent)` to src/basket.js.\nRefuse what is not between 0 and 100.\n","priority":1,"files":["src/basket.js"]}]}""");
    }

    [Fact]
    public void What_stands_further_up_wins_so_that_a_second_attempt_has_answers_of_its_own()
    {
        const string Task = "# Task\nTake a discount in per cent\n\n…";

        Example.Answer(Request(Coder, ("user", Task))).ToolCalls.Select(c => c.Name).ShouldBe(["write_file", "run_shell"]);
        Example.Answer(Request(Coder, ("user", Task + "\n# This is attempt 2 of 3"))).ToolCalls.Select(c => c.Name).ShouldBe(["edit_file"]);
    }

    [Fact]
    public void The_last_message_can_decide()
    {
        string[] judge = ["submit_verdict"];

        Example.Answer(Request(judge, ("user", "# Review"))).ToolCalls[0].Arguments.ShouldContain("\"approved\":true");
        Example.Answer(Request(judge, ("user", "# Review"), ("assistant", ""), ("tool", "3 passed, 1 failed"))).ToolCalls[0].Arguments.ShouldContain("\"approved\":false");
    }

    [Fact]
    public void Turns_can_be_counted_from_a_message_in_the_middle()
    {
        var recording = Read("""
            conversations:
              - when: { since: It came back }
                turns: [{ text: mended }]
              - turns: [{ text: first }, { text: second }]
            """);

        recording.Answer(Request([], ("user", "Do it."))).Text.ShouldBe("first");
        recording.Answer(Request([], ("user", "Do it."), ("assistant", ""), ("user", "It came back: no."))).Text.ShouldBe("mended");
    }

    [Fact]
    public void The_same_request_has_the_same_answer_however_often_and_in_whatever_order()
    {
        var requests = Enumerable.Range(0, 2).Select(turns => Request(Coder,
            [("user", "# Task Take a discount in per cent"), .. Enumerable.Repeat(("assistant", ""), turns)])).ToList();
        var once = requests.ConvertAll(r => Example.Answer(r).ToolCalls[0].Name);

        requests.AsEnumerable().Reverse().Select(r => Example.Answer(r).ToolCalls[0].Name).ShouldBe(once.AsEnumerable().Reverse());
    }

    [Fact]
    public void A_conversation_that_is_not_recorded_says_what_was_asked()
    {
        var unknown = Should.Throw<NoAnswerException>(() => Example.Answer(Request(Coder, ("user", "# Task\nSing"))));
        var over = Should.Throw<NoAnswerException>(() => Read("conversations: [{ name: short, turns: [{ text: a }] }]").Answer(Request([], ("user", "x"), ("assistant", "a"))));

        unknown.Message.ShouldContain("no conversation matches. Tools: write_file, finish. The last message: # Task Sing");
        over.Message.ShouldContain("r.yaml:1: the conversation 'short' has 1 turns, and turn 2 was asked for.");
    }

    [Theory]
    [InlineData("a: 1", "r.yaml:1: the recording has no setting 'a'")]
    [InlineData("conversations:\n  - name: x", "r.yaml:2: the conversation has no 'turns:'")]
    [InlineData("conversations:\n  - turns:\n    - usage: {input: 1}", "r.yaml:3: the turn needs 'text:' or 'tool_calls:'")]
    [InlineData("conversations:\n  - turns:\n    - tool_calls: [finish]", "r.yaml:3: a tool call must be")]
    [InlineData("conversations:\n  - when: {role: worker}\n    turns: []", "r.yaml:2: 'when' has no setting 'role'. Known are tools, text")]
    public void What_is_wrong_in_a_recording_is_said_with_its_line(string text, string complaint) =>
        Should.Throw<ModelConfigurationException>(() => Read(text)).Message.ShouldContain(complaint);

    [Fact]
    public void Quoted_values_stay_text_and_plain_ones_become_numbers_and_truths()
    {
        var arguments = Read("""conversations: [{ turns: [{ tool_calls: [{ t: { a: 1, b: "1", c: true, d: 'true', e: null, f: 1.5, g: x } }] }] }]""")
            .Conversations[0].Turns[0].ToolCalls[0].Arguments;

        arguments.ShouldBe("""{"a":1,"b":"1","c":true,"d":"true","e":null,"f":1.5,"g":"x"}""");
    }
}
