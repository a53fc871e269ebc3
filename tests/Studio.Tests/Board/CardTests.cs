using AgentOS.Kernel.Board;
using AgentOS.Kernel.Tasks;
using AgentOS.Studio.Board;
using Bunit;
using Xunit;

namespace AgentOS.Studio.Tests.Board;

public sealed class CardTests : BunitContext
{
    private static readonly BoardCard Shown = new(
        Guid.Parse("01a214a6-2af9-74fc-9bff-8f980a8dfa9d"), "Round half to even", TaskState.InProgress, 5, 2, 3, null, null, "worker-1", "webshop", null, null, 0.0123m, null, null,
        DateTimeOffset.UnixEpoch, null, 0, null, new("code", "assistant", "run_shell", """{"command":"npm test"}"""));

    [Fact]
    public void It_is_drawn_again_only_when_something_on_it_changed()
    {
        var card = Render<Card>(parameters => parameters.Add(one => one.Shown, Shown));
        var drawn = card.RenderCount;
        card.Render(parameters => parameters.Add(one => one.Shown, Shown with { Title = "Round half to even" }));
        card.RenderCount.ShouldBe(drawn);

        card.Render(parameters => parameters.Add(one => one.Shown, Shown with { SpentUsd = 0.5m }));
        card.RenderCount.ShouldBeGreaterThan(drawn);
        card.Find(".facts").TextContent.ShouldContain("$0.50");
    }

    [Theory]
    [InlineData("run_shell", """{"command":"npm test"}""", "Runs npm test")]
    [InlineData("edit_file", """{"path":"src/a.js","old_text":"x""", "Edits src/a.js")]
    [InlineData("run_shell", """{"command":"echo \"hi\"\nls"}""", "Runs echo \"hi\"\nls")]
    [InlineData("run_shell", """{"command":"grep \\d C:\\x \u0041"}""", "Runs grep \\d C:\\x A")]
    [InlineData("run_shell", """{"command":"cut in the mid""", "Runs")]
    [InlineData("unknown_tool", null, "unknown_tool")]
    [InlineData("run_shell", "no JSON at all \\", "Runs")]
    public void What_the_agent_does_is_said_in_a_few_words(string tool, string? argument, string said) =>
        StatusLine.Of(Shown with { Session = new("code", "assistant", tool, argument) }).ShouldBe(said);

    [Fact]
    public void What_it_waits_for_comes_first() =>
        StatusLine.Of(Shown with { Status = TaskState.Inbox, Session = null, Waits = 3, WaitsFor = "The rates" }).ShouldBe("Waits for “The rates” and 2 more");
}
