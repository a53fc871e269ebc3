using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Log;
using AgentOS.Kernel.Tasks;
using AgentOS.Server.Cli.Top;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests;

/// <summary>What agentos top draws, and what its keys do.</summary>
public sealed class TopTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Worker = Guid.CreateVersion7();

    private static readonly TopState Busy = TopState.Empty with
    {
        Problem = null,
        Tasks = [Task("Merged long ago", TaskState.Done, 90), Task("Prices in cents", TaskState.InProgress, 3), Task("A key is missing", TaskState.Blocked, 40), Task("漢字 and \u001b[2J", TaskState.Inbox, 1)],
        Agents = [new(Worker, "worker-1", AgentRole.Worker, AgentStatus.Active, false, "worker", Now.AddSeconds(-5), null, null, "Prices in cents"), new(Guid.CreateVersion7(), "reviewer", AgentRole.Reviewer, AgentStatus.Idle, true, "m", null, null, null, null)],
        Feed = [Entry(1, "task.started", "worker-1 works"), Entry(2, "task.blocked", "no key")],
    };

    [Theory]
    [InlineData(80, 24)]
    [InlineData(81, 25)]
    [InlineData(132, 40)]
    [InlineData(200, 60)]
    [InlineData(40, 10)]
    [InlineData(20, 5)]
    public void Every_line_is_as_wide_and_the_screen_as_high_as_the_terminal(int width, int height)
    {
        foreach (var state in (TopState[])[TopState.Empty, Busy, Busy with { Detail = new("Title", [new string('x', 300), "short", "漢字漢字"]) }, Busy with { IsTyping = true, Filter = "漢" }])
        {
            var lines = TopScreen.Render(state, width, height, Now);
            lines.Count.ShouldBe(height);
            lines.ShouldAllBe(line => line.Sum(span => TopText.Width(span.Text)) == width);
            lines.ShouldAllBe(line => line.All(span => !span.Text.Any(char.IsControl)), "what an agent writes must not drive the terminal");
        }
    }

    [Fact]
    public void A_small_terminal_shows_all_three_panes_with_what_is_pressing_first()
    {
        var text = Text(Busy, 80, 24);
        text.ShouldContain("Board 1/4");
        text.ShouldContain("Agents 1/2");
        text.ShouldContain("Feed 1/2");
        text.IndexOf("A key is missing", StringComparison.Ordinal).ShouldBeLessThan(text.IndexOf("Prices in cents", StringComparison.Ordinal));
        text.IndexOf("Prices in cents", StringComparison.Ordinal).ShouldBeLessThan(text.IndexOf("Merged long ago", StringComparison.Ordinal));
        text.ShouldContain("in progress 1");
        text.ShouldContain("q quit");
    }

    [Fact]
    public void The_arrows_move_and_the_selected_row_stays_in_sight()
    {
        var many = Busy with { Tasks = [.. Enumerable.Range(0, 100).Select(i => Task($"Task {i:00}", TaskState.Inbox, 100 - i))] };
        for (var i = 0; i < 99; i++) many = Press(many, ConsoleKey.DownArrow);
        many = Press(many, ConsoleKey.DownArrow); // past the end
        many.Selected.Board.ShouldBe(99);
        var selected = TopScreen.Render(many, 80, 24, Now).SelectMany(line => line).Where(span => span.Style == TopStyle.Selected).ToList();
        string.Concat(selected.Select(span => span.Text)).ShouldContain("Task 00");
        Press(many, ConsoleKey.Home).Selected.Board.ShouldBe(0);
        Press(Press(many, ConsoleKey.PageUp), ConsoleKey.UpArrow).Selected.Board.ShouldBe(88);
    }

    [Fact]
    public void Tab_goes_round_and_back_with_shift()
    {
        var state = Busy;
        state = Press(state, ConsoleKey.Tab);
        state.Focus.ShouldBe(TopPane.Agents);
        state = Press(Press(state, ConsoleKey.Tab), ConsoleKey.Tab);
        state.Focus.ShouldBe(TopPane.Board);
        TopKeys.Press(state, new('\t', ConsoleKey.Tab, shift: true, false, false)).State.Focus.ShouldBe(TopPane.Feed);
    }

    [Fact]
    public void A_filter_is_typed_kept_and_cleared_and_q_is_a_letter_in_it()
    {
        var state = Press(Busy, ConsoleKey.F, 'f');
        foreach (var letter in "CENTSq") state = Press(state, ConsoleKey.Q, letter);
        state = Press(state, ConsoleKey.Backspace, '\b');
        (state.Filter, state.IsTyping).ShouldBe(("CENTS", true));
        state = Press(state, ConsoleKey.Enter, '\r');
        state.IsTyping.ShouldBeFalse();
        state.ShownTasks.ShouldHaveSingleItem().Title.ShouldBe("Prices in cents");
        state.ShownAgents.ShouldHaveSingleItem().Name.ShouldBe("worker-1");
        Text(state, 80, 24).ShouldContain("filter: CENTS");
        Press(state, ConsoleKey.Escape).Filter.ShouldBe("");
    }

    [Fact]
    public void Enter_asks_for_the_selected_row_and_escape_leads_back()
    {
        TopKeys.Press(Busy, Key(ConsoleKey.Enter)).Wish.ShouldBe(TopWish.Show);
        TopKeys.Press(TopState.Empty, Key(ConsoleKey.Enter)).Wish.ShouldBe(TopWish.Nothing, "there is no row");
        var detail = Busy with { Detail = TopDetails.Of(Busy.Feed[1]) };
        Text(detail, 80, 24).ShouldContain("no key");
        Press(Press(detail, ConsoleKey.DownArrow), ConsoleKey.UpArrow).Detail!.Top.ShouldBe(0);
        Press(detail, ConsoleKey.Escape).Detail.ShouldBeNull();
    }

    [Fact]
    public void Q_and_control_c_end_it()
    {
        TopKeys.Press(Busy, Key(ConsoleKey.Q, 'q')).Wish.ShouldBe(TopWish.Quit);
        TopKeys.Press(Busy with { IsTyping = true }, new('\u0003', ConsoleKey.C, false, false, control: true)).Wish.ShouldBe(TopWish.Quit);
    }

    [Fact]
    public void A_server_that_is_away_is_said_and_what_was_there_stays()
    {
        var text = Text(Busy with { Problem = "No server answers. Trying again…" }, 80, 24);
        text.ShouldContain("Trying again");
        text.ShouldContain("Prices in cents");
    }

    [Fact]
    public void The_feed_keeps_its_order_each_entry_once_and_the_newest()
    {
        var state = Busy.With(Entry(5, "a.b", "five")).With(Entry(4, "a.b", "late")).With(Entry(5, "a.b", "five"));
        state.Feed.Select(entry => entry.Position).ShouldBe([1, 2, 4, 5]);
        for (var i = 10; i < 1000; i++) state = state.With(Entry(i, "a.b", "more"));
        (state.Feed.Count, state.Feed[^1].Position).ShouldBe((TopState.MostEntries, 999));
    }

    private static string Text(TopState state, int width, int height) => string.Join('\n', TopScreen.Render(state, width, height, Now).Select(line => string.Concat(line.Select(span => span.Text))));

    private static TopState Press(TopState state, ConsoleKey key, char letter = '\0') => TopKeys.Press(state, Key(key, letter)).State;

    private static ConsoleKeyInfo Key(ConsoleKey key, char letter = '\0') => new(letter, key, false, false, false);

    private static ActivityEntry Entry(long position, string type, string message) => new(position, Guid.CreateVersion7(), type, Worker, "worker-1", null, message, System.Text.Json.JsonElement.Parse("{}"), Now);

    private static AgentTask Task(string title, TaskState status, int minutes) => new(Guid.CreateVersion7(), TaskKind.Code, title, null, status, 0, status == TaskState.InProgress ? Worker : null, null, null, null, null, null, null,
        1, 3, null, null, null, null, null, 0.25m, 0, null, 0, [], null, Now, Now.AddMinutes(-minutes), null, null);
}
