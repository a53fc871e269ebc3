using System.Text.Json;
using AgentOS.Kernel.Sessions;
using AgentOS.Studio.Tasks;
using Xunit;

namespace AgentOS.Studio.Tests.Tasks;

/// <summary>What the task page makes of logs, files and transcripts.</summary>
public sealed class TextTests
{
    [Theory]
    [InlineData("plain", "plain:")]
    [InlineData("\u001b[31mred\u001b[0m done", "red:ansi-red| done:")]
    [InlineData("\u001b[1;32mok\u001b[39mstill bold", "ok:ansi-green ansi-bold|still bold:ansi-bold")]
    [InlineData("\u001b[38;5;196mx\u001b[38;2;1;2;3my", "x:|y:")]
    [InlineData("10%\r50%\r100%", "100%:")]
    [InlineData("a\u001b]8;;http://evil.example\u0007link\u001b]8;;\u0007", "a:|link:")]
    [InlineData("bell\u0007 and back\b", "bell and back:")]
    [InlineData("cut \u001b[3", "cut :")]
    [InlineData("\u001b", "")]
    public void Of_a_log_colours_stay_and_what_else_is_said_to_a_terminal_goes(string log, string pieces) =>
        string.Join('|', AnsiText.Lines(log).SelectMany(line => line).Select(piece => $"{piece.Text}:{piece.Look}")).ShouldBe(pieces);

    [Fact]
    public void A_log_has_the_lines_that_it_has()
    {
        AnsiText.Lines("one\r\ntwo\n\nfour\n").Select(line => string.Concat(line.Select(piece => piece.Text))).ShouldBe(["one", "two", "", "four"]);
        AnsiText.Lines(new string('x', 100_000)).ShouldHaveSingleItem()[^1].Text.ShouldContain("96000 more characters");
    }

    [Fact]
    public void A_difference_shows_what_changed_with_the_lines_around_it()
    {
        var before = string.Join('\n', Enumerable.Range(1, 40).Select(i => $"line {i}")) + "\n";
        var after = before.Replace("line 5\n", "line five\n", StringComparison.Ordinal).Replace("line 30\n", "", StringComparison.Ordinal);

        var hunks = FileDiffModel.Of(before, after);

        hunks.Count.ShouldBe(2);
        hunks[0].Skipped.ShouldBe(1);
        hunks[0].Lines.Select(line => (line.Fate, line.Old, line.New)).ShouldBe(
        [
            (LineFate.Same, 2, 2), (LineFate.Same, 3, 3), (LineFate.Same, 4, 4), (LineFate.Deleted, 5, null), (LineFate.Added, null, 5), (LineFate.Same, 6, 6), (LineFate.Same, 7, 7), (LineFate.Same, 8, 8),
        ]);
        hunks[1].Lines.Single(line => line.Fate == LineFate.Deleted).Old.ShouldBe(30);
        hunks[0].Rows().Single(row => row.Left != row.Right).ShouldSatisfyAllConditions(
            row => row.Left!.Pieces.Select(piece => (piece.Text, piece.IsChanged)).ShouldBe([("line ", false), ("5", true)]),
            row => row.Right!.Pieces.Select(piece => (piece.Text, piece.IsChanged)).ShouldBe([("line ", false), ("five", true)]));
    }

    [Theory]
    [InlineData(null, "a\nb\n", 2)]
    [InlineData("a\nb\n", null, 2)]
    [InlineData("a\n", "a\n", 0)]
    [InlineData("a", "a\nb", 1)]
    [InlineData("", "", 0)]
    public void A_difference_of_files_that_come_go_or_stay(string? before, string? after, int changed) =>
        FileDiffModel.Of(before, after).SelectMany(hunk => hunk.Lines).Count(line => line.Fate != LineFate.Same).ShouldBe(changed);

    [Fact]
    public void A_transcript_shows_each_call_with_its_result_its_time_and_whether_it_failed()
    {
        var at = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        var items = TranscriptItem.Of(
        [
            Entry(0, "system", new { text = "You code." }), Entry(1, "user", new { text = "Do it." }),
            Entry(2, "assistant", new { text = "I look.", toolCalls = new[] { new { id = "a", name = "run_shell", arguments = """{"command":"npm test","timeout_seconds":null}""" }, new { id = "b", name = "read_file", arguments = "no json" } } }),
            Entry(5, "tool", new { callId = "a", tool = "run_shell", text = "3 failing\n[exit code 1, 2.0 s]" }),
        ]);

        items.Count.ShouldBe(3);
        var answer = items[2].ShouldBeOfType<TranscriptItem.Answer>();
        answer.Calls[0].ShouldSatisfyAllConditions(
            call => call.Gist.ShouldBe("npm test"), call => call.HasFailed.ShouldBeTrue(), call => call.Took.ShouldBe(TimeSpan.FromSeconds(3)), call => call.Arguments.ShouldHaveSingleItem());
        answer.Calls[1].ShouldSatisfyAllConditions(call => call.Result.ShouldBeNull(), call => call.Gist.ShouldBe("no json"), call => call.HasFailed.ShouldBeFalse());

        SessionEntry Entry(int second, string kind, object content) =>
            new(Guid.Empty, second, kind, JsonSerializer.SerializeToElement(content), null, null, at.AddSeconds(second));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("3")]
    [InlineData("""{"toolCalls":[{"id":4}]}""")]
    [InlineData("""{"toolCalls":{"id":4},"text":["x"]}""")]
    public void A_transcript_that_is_not_as_expected_is_shown_all_the_same(string content)
    {
        foreach (var kind in (string[])["assistant", "tool", "user", "strange"])
            TranscriptItem.Of([new(Guid.Empty, 0, kind, JsonElement.Parse(content), null, null, default)]).ShouldHaveSingleItem();
    }
}
