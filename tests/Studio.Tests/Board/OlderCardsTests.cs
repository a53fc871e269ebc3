using AgentOS.Kernel.Board;
using AgentOS.Kernel.Tasks;
using AgentOS.Studio.Board;
using Xunit;

namespace AgentOS.Studio.Tests.Board;

public sealed class OlderCardsTests
{
    [Fact]
    public void What_leaves_the_column_at_its_end_comes_first_and_nothing_is_there_twice()
    {
        var older = new OlderCards([Card(2), Card(1)], false);

        var after = older.After(Column(5, 4, 3), Column(6, 5, 4));
        after.Cards.ShouldBe([Card(3), Card(2), Card(1)]);

        // One that is not meant any more is in neither, and the next moves up.
        after.After(Column(6, 5, 4), Column(6, 4, 3)).Cards.ShouldBe([Card(2), Card(1)]);
    }

    [Fact]
    public void What_changes_nothing_at_the_end_leaves_it_as_it_is()
    {
        var older = new OlderCards([Card(2), Card(1)], false);
        older.After(Column(5, 4, 3), Column(5, 4, 3)).ShouldBeSameAs(older);
        OlderCards.None.After(Column(5, 4), Column(6, 5)).ShouldBeSameAs(OlderCards.None);
    }

    private static BoardColumn Column(params int[] numbers) => new(TaskState.Done, 100, [.. numbers.Select(Card)]);

    private static BoardCard Card(int number) => new(
        Guid.Parse($"00000000-0000-7000-8000-{number:000000000000}"), $"Done {number}", TaskState.Done, 0, 1, 3, null, null, null, null, null, null, 0, null, null,
        DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddMinutes(number), 0, null, null);
}
