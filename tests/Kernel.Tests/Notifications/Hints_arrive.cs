using AgentOS.Kernel.Notifications;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Kernel.Tests.Notifications;

public sealed class Hints_arrive : KernelTest
{
    [Fact]
    public async Task for_every_change_with_what_it_is_about()
    {
        await using var hints = Notifications.ReadAllAsync(Token).GetAsyncEnumerator(Token);
        (await NextAsync(hints, hint => true)).Kind.ShouldBe("connected");
        var goal = await GoalAsync();
        var task = await TaskAsync(goal: goal.Id);
        (await NextAsync(hints, hint => hint.Id == task.Id)).ShouldBe(new("task", task.Id, "inbox", goal.Id));
        await Tasks.CancelAsync(goal.Id, "enough", cancellation: Token);
        (await NextAsync(hints, hint => hint.Id == task.Id)).State.ShouldBe("cancelled");
    }

    [Fact]
    public async Task for_the_task_whose_turn_it_is_when_a_worker_is_freed()
    {
        await TeamAsync(workers: 1);
        var (busy, waiting) = (await ClaimedAsync(await TaskAsync("busy")), await TaskAsync("waiting"));
        await Agents.ClaimWorkerAsync(waiting.Id, Token);
        await using var hints = Notifications.ReadAllAsync(Token).GetAsyncEnumerator(Token);
        await NextAsync(hints, hint => hint.Kind == "connected");
        await Tasks.DoAsync(busy.Id, new TaskCommand.Submit(Sha(1)), cancellation: Token);
        (await NextAsync(hints, hint => hint.Kind == "worker_free")).Id.ShouldBe(waiting.Id);
    }

    [Fact]
    public async Task again_after_the_connection_broke()
    {
        await using var hints = Notifications.ReadAllAsync(Token).GetAsyncEnumerator(Token);
        await NextAsync(hints, hint => hint.Kind == "connected");
        await SqlAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN agentos'");
        await NextAsync(hints, hint => hint.Kind == "connected");
        await SqlAsync("SELECT pg_notify('agentos', 'nonsense')");
        var task = await TaskAsync();
        (await NextAsync(hints, hint => hint.Kind == "task")).Id.ShouldBe(task.Id);
    }

    private static async Task<KernelNotification> NextAsync(IAsyncEnumerator<KernelNotification> hints, Func<KernelNotification, bool> wanted)
    {
        while (await hints.MoveNextAsync())
            if (wanted(hints.Current)) return hints.Current;
        throw new ShouldAssertException("The hints ended.");
    }
}
