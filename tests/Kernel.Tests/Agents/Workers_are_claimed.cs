using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Kernel.Tests.Agents;

public sealed class Workers_are_claimed : KernelTest
{
    [Fact]
    public async Task by_one_task_each_however_many_ask_at_once()
    {
        await TeamAsync(workers: 7);
        var tasks = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => TaskAsync($"Task {i}")));
        var claims = await Task.WhenAll(tasks.Select(task => Agents.ClaimWorkerAsync(task.Id, cancellation: Token)));
        claims.OfType<WorkerClaim.Claimed>().Select(claim => claim.Worker.Id).Distinct().Count().ShouldBe(7);
        claims.OfType<WorkerClaim.Waiting>().Count().ShouldBe(13);
        (await Tasks.ListAsync(new() { Status = TaskState.InProgress }, Token)).Count.ShouldBe(7);
    }

    [Fact]
    public async Task by_the_most_urgent_of_those_who_wait()
    {
        await TeamAsync(workers: 1);
        var first = await ClaimedAsync(await TaskAsync("first"));
        var (idle, urgent, late) = (await TaskAsync("idle"), await TaskAsync("urgent", priority: 10), await TaskAsync("late"));
        foreach (var task in (AgentTask[])[idle, urgent, late]) (await Agents.ClaimWorkerAsync(task.Id, cancellation: Token)).ShouldBeOfType<WorkerClaim.Waiting>();

        (await Agents.ReleaseAsync(first.Id, Token)).ShouldBe(urgent.Id);
        (await Agents.NextWaitingAsync(Token)).ShouldBe([urgent.Id]);
        (await Agents.ClaimWorkerAsync(idle.Id, cancellation: Token)).ShouldBeOfType<WorkerClaim.Waiting>("the worker is for the urgent one");
        await ClaimedAsync(urgent);
        (await Agents.ReleaseAsync(urgent.Id, Token)).ShouldBe(idle.Id);
    }

    [Fact]
    public async Task never_so_that_all_sleep()
    {
        // Every release races with every claim; when all is over, either nobody waits or no worker is free.
        await TeamAsync(workers: 2);
        var tasks = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => TaskAsync($"Task {i}")));
        var woken = new Queue<Guid>(tasks.Select(task => task.Id));
        var done = 0;
        while (woken.Count > 0)
        {
            var claims = await Task.WhenAll(woken.Select(async id => (Id: id, Claim: await Agents.ClaimWorkerAsync(id, cancellation: Token))));
            woken.Clear();
            foreach (var (id, _) in claims.Where(one => one.Claim is WorkerClaim.Claimed))
            {
                done++;
                var next = await Tasks.DoAsync(id, new TaskCommand.Submit(Sha(done)), cancellation: Token);
                next.Changed.ShouldBeTrue();
            }

            foreach (var one in await Agents.NextWaitingAsync(Token)) woken.Enqueue(one);
        }

        done.ShouldBe(16);
    }

    [Fact]
    public async Task by_name_when_the_task_is_assigned()
    {
        var team = await TeamAsync(workers: 2);
        var second = team.Single(agent => agent.Name == "worker-2");
        var task = await TaskAsync();
        await Tasks.DoAsync(task.Id, new TaskCommand.Assign(second.Id), cancellation: Token);
        await Agents.PauseAsync(second.Id, true, Token);
        (await Agents.ClaimWorkerAsync(task.Id, cancellation: Token)).ShouldBeOfType<WorkerClaim.Waiting>();
        await ClaimedAsync(await TaskAsync("other")); // a task that waits for another worker is in nobody's way
        await Agents.PauseAsync(second.Id, false, Token);
        (await Agents.ClaimWorkerAsync(task.Id, cancellation: Token)).ShouldBeOfType<WorkerClaim.Claimed>().Worker.Id.ShouldBe(second.Id);
    }

    [Fact]
    public async Task no_more_when_the_task_has_gone()
    {
        await TeamAsync();
        var task = await TaskAsync();
        await Tasks.CancelAsync(task.Id, "no", cancellation: Token);
        (await Agents.ClaimWorkerAsync(task.Id, cancellation: Token)).ShouldBe(new WorkerClaim.Closed("cancelled"));
    }

    [Fact]
    public async Task from_a_team_that_is_made_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => TeamAsync(2)));
        (await Agents.ListAsync(cancellation: Token)).Select(agent => agent.Name).ShouldBe(["orchestrator", "worker-1", "worker-2", "reviewer"]);
        (await Should.ThrowAsync<RefusedException>(() => Agents.CreateAsync("worker-1", AgentRole.Worker, "m", cancellation: Token))).Message.ShouldContain("already");
    }
}
