using AgentOS.Kernel.Tasks;

namespace AgentOS.Kernel.Tests.Tasks;

public sealed class A_task_is_changed_by_many : KernelTest
{
    [Fact]
    public async Task and_is_made_once_for_one_id()
    {
        var repository = await RepositoryAsync();
        var task = new NewTask("Once") { RepositoryId = repository.Id };
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Tasks.CreateAsync(task, Token)));
        (await EventsAsync(task.Id)).ShouldBe(["task.created"]);
    }

    [Fact]
    public async Task and_taken_up_by_one_workflow()
    {
        var task = await TaskAsync();
        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Tasks.TakeUpAsync(task.Id, $"instance-{i}", Token)));
        taken.Count(won => won).ShouldBe(1);
    }

    [Fact]
    public async Task and_counts_one_rejection_that_arrives_many_times()
    {
        await TeamAsync();
        var task = await ClaimedAsync(await TaskAsync());
        await Tasks.DoAsync(task.Id, new TaskCommand.Submit(Sha(1)), cancellation: Token);
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Tasks.DoAsync(task.Id, new TaskCommand.SendBack(1, "checks", "red"), cancellation: Token)));
        results.Count(result => result.Changed).ShouldBe(1);
        (await Tasks.GetAsync(task.Id, Token)).Attempt.ShouldBe(2);
        (await EventsAsync(task.Id)).Count(type => type == "task.sent_back").ShouldBe(1);
    }

    [Fact]
    public async Task and_says_what_cannot_be_done_with_it()
    {
        var task = await TaskAsync("Basket");
        (await Should.ThrowAsync<RefusedException>(() => Tasks.DoAsync(task.Id, new TaskCommand.Submit(Sha(1)), cancellation: Token))).Message.ShouldContain("'Basket') is inbox and cannot go into review");
        await Should.ThrowAsync<NotFoundException>(() => Tasks.GetAsync(Guid.NewGuid(), Token));
        (await EventsAsync(task.Id)).ShouldBe(["task.created"]);
    }

    [Fact]
    public async Task and_found_when_nothing_was_heard_of_it()
    {
        await TeamAsync();
        var task = await ClaimedAsync(await TaskAsync());
        (await Tasks.StalledAsync(TimeSpan.FromHours(1), Token)).ShouldBeEmpty();
        (await Tasks.StalledAsync(TimeSpan.Zero, Token)).ShouldHaveSingleItem().Id.ShouldBe(task.Id);
        await Messages.SendAsync(new(Kernel.Messages.MessageType.Question, "Which one?") { TaskId = task.Id }, Token);
        (await Tasks.StalledAsync(TimeSpan.Zero, Token)).ShouldBeEmpty("it waits for a person");
    }

    [Fact]
    public async Task and_found_by_the_beginning_of_its_id()
    {
        var task = await TaskAsync();
        (await Tasks.FindByPrefixAsync(task.Id.ToString()[..23], Token)).ShouldHaveSingleItem().Id.ShouldBe(task.Id);
        (await Tasks.FindByPrefixAsync("%", Token)).ShouldBeEmpty();
    }
}
