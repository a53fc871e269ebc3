using AgentOS.Activities.Models;

namespace AgentOS.Activities.Tests.Models;

public sealed class FutileTurnsTests
{
    private static AssistantEntry Talk(string text) => new(text, null, [], "p/m");

    private static AssistantEntry Call(string id) => new("", null, [new(id, "read_file", "{}")], "p/m");

    [Fact]
    public void Answers_that_call_nothing_or_only_meet_errors_count_from_the_end_back_to_the_last_that_did_something()
    {
        List<TranscriptEntry> entries =
        [
            new SystemEntry("s"), new UserEntry("u"), Call("1"), new ToolEntry("1", "read_file", "Error: no such file"),
            Call("2"), new ToolEntry("2", "read_file", "text"), Call("3"), new ToolEntry("3", "read_file", "Error: no such file"), Talk("Hm."), new UserEntry("Go on."),
        ];

        Transcript.Futile(entries).ShouldBe((2, "It called no tool. It said: Hm."));
        Transcript.Futile(entries[..8]).ShouldBe((1, "The last thing it met: Error: no such file"));
        Transcript.Futile(entries[..6]).Turns.ShouldBe(0);
    }
}
