using AgentOS.Kernel.Log;
using Npgsql;

namespace AgentOS.Kernel.Tests.Log;

public sealed class The_log_is_read : KernelTest
{
    [Fact]
    public async Task in_pages_and_by_what_it_is_about()
    {
        var goal = await GoalAsync();
        var task = await TaskAsync(goal: goal.Id);
        for (var i = 0; i < 5; i++) await Log.AppendAsync(new("note.made", $"Note {i}", TaskId: task.Id, Metadata: new { i }), Token);
        var last = await Log.PageAsync(new() { EventPrefix = "note." }, limit: 2, cancellation: Token);
        last.Select(entry => entry.Message).ShouldBe(["Note 3", "Note 4"]);
        last[0].Metadata.GetProperty("i").GetInt32().ShouldBe(3);
        (await Log.PageAsync(new() { EventPrefix = "note." }, last[0].Position, 2, Token)).Select(entry => entry.Message).ShouldBe(["Note 1", "Note 2"]);
        (await Log.PageAsync(new() { TaskId = goal.Id, WithChildren = true }, cancellation: Token)).Count.ShouldBe(8);
    }

    [Fact]
    public async Task once_for_each_entry_also_when_one_is_committed_late()
    {
        await using var stream = Log.StreamAsync(0, new() { EventPrefix = "note." }, Token).GetAsyncEnumerator(Token);
        await using var slow = await Database.OpenConnectionAsync(Token);
        await using var transaction = await slow.BeginTransactionAsync(Token);
        await using (var insert = new NpgsqlCommand("INSERT INTO activities (event_type, message) VALUES ('note.made', 'late')", slow)) await insert.ExecuteNonQueryAsync(Token);
        var twice = new NewActivity("note.made", "early");
        await Log.AppendAsync(twice, Token);
        await Log.AppendAsync(twice, Token);
        (await stream.MoveNextAsync(), stream.Current.Message).ShouldBe((true, "early"));
        await transaction.CommitAsync(Token);
        (await stream.MoveNextAsync(), stream.Current.Message).ShouldBe((true, "late"));
        await Log.AppendAsync(new("note.made", "last"), Token);
        (await stream.MoveNextAsync(), stream.Current.Message).ShouldBe((true, "last"));
    }
}
