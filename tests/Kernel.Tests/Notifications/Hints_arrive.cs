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
        (await NextAsync(hints, hint => hint.Id == task.Id)).ShouldBe(new("task", task.Id, "inbox", goal.Id, New: true));
        await Tasks.CancelAsync(goal.Id, "enough", cancellation: Token);
        (await NextAsync(hints, hint => hint.Id == task.Id)).State.ShouldBe("cancelled");
    }

    [Fact]
    public async Task for_a_task_that_was_inserted_with_SQL_alone()
    {
        var repository = await RepositoryAsync();
        await using var hints = Notifications.ReadAllAsync(Token).GetAsyncEnumerator(Token);
        await NextAsync(hints, hint => hint.Kind == "connected");

        await SqlAsync($"INSERT INTO tasks (title, description, repository_id) VALUES ('By hand', 'Write it.', '{repository.Id}')");

        var told = await NextAsync(hints, hint => hint.Kind == "task");
        (told.State, told.Parent, told.New).ShouldBe(("inbox", null, true));
        (await EventsAsync(told.Id!.Value)).ShouldBe(["task.created"]);
        (await Tasks.ReadyAsync(null, Token)).ShouldHaveSingleItem().Title.ShouldBe("By hand");
    }

    [Fact]
    public async Task for_a_new_task_that_cannot_be_started_and_one_that_is_not_new()
    {
        await using var hints = Notifications.ReadAllAsync(Token).GetAsyncEnumerator(Token);
        await NextAsync(hints, hint => hint.Kind == "connected");

        await SqlAsync("INSERT INTO tasks (title, description) VALUES ('Nowhere', 'It has no repository.')");
        (await NextAsync(hints, hint => hint.Kind == "task")).New.ShouldBeFalse();

        var task = await TaskAsync();
        (await NextAsync(hints, hint => hint.Id == task.Id)).New.ShouldBeTrue();
        await Tasks.CancelAsync(task.Id, "enough", cancellation: Token);
        (await NextAsync(hints, hint => hint.Id == task.Id)).New.ShouldBeFalse();
    }

    [Fact]
    public async Task for_the_task_whose_turn_it_is_when_a_worker_is_freed()
    {
        await TeamAsync(workers: 1);
        var (busy, waiting) = (await ClaimedAsync(await TaskAsync("busy")), await TaskAsync("waiting"));
        await Agents.ClaimWorkerAsync(waiting.Id, cancellation: Token);
        await using var hints = Notifications.ReadAllAsync(Token).GetAsyncEnumerator(Token);
        await NextAsync(hints, hint => hint.Kind == "connected");
        await Tasks.DoAsync(busy.Id, new TaskCommand.Submit(Sha(1)), cancellation: Token);
        (await NextAsync(hints, hint => hint.Kind == "worker_free")).Id.ShouldBe(waiting.Id);
    }

    [Fact]
    public async Task for_a_task_that_waits_and_is_meant_for_another_now()
    {
        var team = await TeamAsync(workers: 2);
        var (one, two) = (team.Single(agent => agent.Name == "worker-1"), team.Single(agent => agent.Name == "worker-2"));
        await Agents.PauseAsync(one.Id, true, Token);
        var task = await TaskAsync();
        await Tasks.DoAsync(task.Id, new TaskCommand.Assign(one.Id), cancellation: Token);
        await Agents.ClaimWorkerAsync(task.Id, cancellation: Token);
        await using var hints = Notifications.ReadAllAsync(Token).GetAsyncEnumerator(Token);
        await NextAsync(hints, hint => hint.Kind == "connected");

        await Tasks.DoAsync(task.Id, new TaskCommand.Assign(two.Id), cancellation: Token);
        (await NextAsync(hints, hint => hint.Kind == "worker_free")).Id.ShouldBe(task.Id);
        (await Agents.NextWaitingAsync(Token)).ShouldBe([task.Id]);

        await Agents.RemoveAsync(two.Id, Token);
        (await NextAsync(hints, hint => hint.Kind == "worker_free")).Id.ShouldBe(task.Id);
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
