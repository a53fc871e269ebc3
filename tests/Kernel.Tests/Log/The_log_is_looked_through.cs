using AgentOS.Kernel.Log;

namespace AgentOS.Kernel.Tests.Log;

public sealed class The_log_is_looked_through : KernelTest
{
    [Fact]
    public async Task backwards_page_by_page_to_its_beginning()
    {
        for (var i = 1; i <= 5; i++) await EntryAsync($"Number {i}");
        var first = await Log.LookBackAsync(new(), limit: 3, cancellation: Token);
        var second = await Log.LookBackAsync(new(), first.Before, 3, Token);

        first.Entries.Concat(second.Entries).Select(entry => entry.Message).ShouldBe(["Number 5", "Number 4", "Number 3", "Number 2", "Number 1"]);
        second.Before.ShouldBeNull();
    }

    [Fact]
    public async Task for_words_so_many_entries_at_a_time()
    {
        await EntryAsync("The needle");
        await SqlAsync("INSERT INTO activities (event_type, message) SELECT 'hay.added', 'Straw ' || i FROM generate_series(1, 25000) i");
        var first = await Log.LookBackAsync(new() { Text = "NEEDLE" }, cancellation: Token);
        first.Entries.ShouldBeEmpty();
        first.Before.ShouldNotBeNull("there is more to look through");

        var second = await Log.LookBackAsync(new() { Text = "NEEDLE" }, first.Before, cancellation: Token);
        (second.Entries.ShouldHaveSingleItem().Message, second.Before).ShouldBe(("The needle", null));
    }

    [Theory]
    [InlineData("100%", 1)]
    [InlineData("100_", 0)]
    [InlineData("\\", 1)]
    public async Task for_what_was_typed_and_not_for_patterns(string text, int found)
    {
        await EntryAsync("100% sure");
        await EntryAsync("C:\\temp");
        (await Log.LookBackAsync(new() { Text = text }, cancellation: Token)).Entries.Count.ShouldBe(found);
    }

    private Task EntryAsync(string message) => Log.AppendAsync(new NewActivity("test.noted", message), Token);
}
