using AgentOS.Kernel.Board;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Kernel.Tests.Board;

public sealed class The_board_is_read : KernelTest
{
    private BoardStore Board => new(Database);

    [Fact]
    public async Task with_the_first_tasks_of_each_state_and_how_many_there_are()
    {
        for (var i = 0; i < 5; i++) await TaskAsync($"Task {i}", priority: i);
        var page = await Board.ReadAsync(new(), limit: 2, cancellation: Token);

        var inbox = page.Columns.Single(column => column.State == TaskState.Inbox);
        inbox.Cards.Select(card => card.Title).ShouldBe(["Task 4", "Task 3"]);
        (inbox.Count, inbox.HasMore).ShouldBe((5, true));
        page.Columns.Count.ShouldBe(6);
    }

    [Fact]
    public async Task with_what_a_task_waits_for_and_the_progress_of_its_goal()
    {
        var goal = await GoalAsync("Prices");
        var first = await TaskAsync("First", goal: goal.Id);
        var second = await TaskAsync("Second", goal: goal.Id, dependsOn: first.Id);
        await Tasks.DoAsync(first.Id, new TaskCommand.Block("no way"), cancellation: Token);
        var page = await Board.ReadAsync(new(), cancellation: Token);

        var card = page.Columns.SelectMany(column => column.Cards).Single(card => card.Id == second.Id);
        (card.Waits, card.WaitsFor, card.GoalTitle).ShouldBe((1, "First", "Prices"));
        var shown = page.Goals.ShouldHaveSingleItem();
        (shown.Total, shown.Done, shown.Blocked).ShouldBe((2, 0, 1));
    }

    [Fact]
    public async Task with_what_the_agent_does_by_the_last_entry_of_its_session()
    {
        await TeamAsync(1);
        var task = await ClaimedAsync(await TaskAsync());
        var session = await Sessions.OpenAsync(new(Kernel.Agents.AgentRole.Worker, "code", task.Id), Token);
        await Sessions.AppendAsync(session.Id, 0, [new("assistant", """{"text":"","toolCalls":[{"id":"1","name":"run_shell","arguments":"{\"command\":\"npm test\"}"}]}""")], Token);

        var card = (await Board.ReadAsync(new(), cancellation: Token)).Columns.Single(column => column.State == TaskState.InProgress).Cards[0];
        card.Session.ShouldBe(new BoardSession("code", "assistant", "run_shell", """{"command":"npm test"}"""));
        card.AgentName.ShouldBe("worker-1");
    }

    [Theory]
    [InlineData("round", 1)]
    [InlineData("HALF ev", 1)]
    [InlineData("even round", 1)]
    [InlineData("odd", 0)]
    [InlineData("'; DROP TABLE tasks; --", 0)]
    [InlineData("& | ! :* ()", 2)]
    [InlineData("\\", 2)]
    public async Task by_the_beginnings_of_words_whatever_else_is_typed(string text, int found)
    {
        await TaskAsync("Round half to even");
        await TaskAsync("Show prices");
        (await Board.ReadAsync(new() { Text = text }, cancellation: Token)).Columns.Sum(column => column.Count).ShouldBe(found);
    }

    [Fact]
    public async Task and_is_equal_to_itself_when_nothing_changed()
    {
        await TaskAsync();
        var (once, again) = (await Board.ReadAsync(new(), cancellation: Token), await Board.ReadAsync(new(), cancellation: Token));
        again.Columns.ShouldBe(once.Columns);
    }

    [Fact]
    public async Task and_keeps_what_did_not_change_as_the_same_objects()
    {
        var (changed, same) = (await TaskAsync("Changed"), await TaskAsync("Same"));
        await Tasks.DoAsync((await TaskAsync("Blocked")).Id, new TaskCommand.Block("no way"), cancellation: Token);
        var before = await Board.ReadAsync(new(), cancellation: Token);
        (await Board.ReadAsync(new(), cancellation: Token)).KeepFrom(before).Columns.ShouldBeSameAs(before.Columns);

        await Tasks.EditAsync(changed.Id, priority: 7, cancellation: Token);
        var now = (await Board.ReadAsync(new(), cancellation: Token)).KeepFrom(before);

        Card(now, changed).ShouldNotBe(Card(before, changed));
        Card(now, same).ShouldBeSameAs(Card(before, same));
        now.Columns.Zip(before.Columns).Where(pair => !ReferenceEquals(pair.First, pair.Second)).Select(pair => pair.First.State).ShouldBe([TaskState.Inbox]);

        static BoardCard Card(BoardPage page, AgentTask task) => page.Columns[0].Cards.Single(card => card.Id == task.Id);
    }

    [Fact]
    public async Task for_words_that_very_many_have_as_far_as_the_newest_and_says_so()
    {
        await TaskAsync("The first invoice");
        await SqlAsync($"INSERT INTO tasks (title, priority) SELECT 'Invoice ' || i, i % 3 FROM generate_series(1, {BoardStore.MostFound - 1}) i");
        (await Board.ReadAsync(new() { Text = "invoice" }, cancellation: Token)).HasOthers.ShouldBeFalse();
        var last = await TaskAsync("The last invoice", priority: 5);

        var page = await Board.ReadAsync(new() { Text = "invoice" }, limit: 2, cancellation: Token);

        page.HasOthers.ShouldBeTrue();
        var inbox = page.Columns.Single(column => column.State == TaskState.Inbox);
        (inbox.Count, inbox.Cards.Count, inbox.Cards[0].Id).ShouldBe((BoardStore.MostFound, 2, last.Id));
    }
}
