using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Goals;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Kernel.Tests.Goals;

public sealed class A_goal_is_given : KernelTest
{
    private readonly List<string> _cloned = [];
    private readonly Dictionary<string, string> _roles = Words.All<AgentRole>().ToDictionary(role => role, _ => "openai/large");

    private GoalIntake Intake => new(Tasks, Agents, new(Repositories, (path, branch) => new(path, branch ?? "main"), (url, name, branch, _) =>
    {
        _cloned.Add(url);
        return Task.FromResult(new RepositoryFacts($"/data/repositories/{name}", branch ?? "main"));
    }), () => new(["openai/large"], _roles, model => model == "large" ? "openai/large" : throw new AgentOSException($"there is no model '{model}'")), new(4));

    [Fact]
    public async Task with_what_a_person_chose_and_it_holds_for_all_below()
    {
        await TeamAsync(1);
        var (goal, repository) = await Intake.GiveAsync(new("Goal", null, "/repositories/shop", 5, Workers: 3, Models: new Dictionary<string, string> { ["worker"] = "large", ["reviewer"] = "" }), Token);

        repository.Path.ShouldBe("/repositories/shop");
        (goal.BudgetUsd, goal.Workers).ShouldBe((5, 3));
        goal.Models.ShouldBe(new Dictionary<string, string> { ["worker"] = "openai/large" });
        (await Agents.ListAsync(AgentRole.Worker, Token)).Count.ShouldBe(3);
        var part = await GoalAsync("Part", parent: goal.Id);
        (await TaskAsync(goal: part.Id)).Models.ShouldBe(goal.Models);
        (await Intake.GiveAsync(new("Goal", null, "shop") { Id = goal.Id }, Token)).Goal.Workers.ShouldBe(3, "given twice, it is one");
    }

    [Fact]
    public async Task for_a_url_which_is_cloned_once()
    {
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var (_, repository) = await Intake.GiveAsync(new("Goal", null, "https://example.org/team/shop.git", Branch: "dev"), Token);
            (repository.Name, repository.Path, repository.RemoteUrl, repository.DefaultBranch).ShouldBe(("shop", "/data/repositories/shop", "https://example.org/team/shop.git", "dev"));
        }

        _cloned.ShouldHaveSingleItem();
        (await Intake.GiveAsync(new("Goal", null, "git@example.org:team/other"), Token)).Repository.Name.ShouldBe("other");
    }

    [Theory]
    [InlineData("", "/r", null, null, "goal is missing")]
    [InlineData("Goal", " ", null, null, "repository is missing")]
    [InlineData("Goal", "shop", null, null, "no repository 'shop'")]
    [InlineData("Goal", "https://me:secret@example.org/shop", null, null, "password")]
    [InlineData("Goal", "/r", 0, null, "at least 1")]
    [InlineData("Goal", "/r", 5, null, "more than the 4")]
    [InlineData("Goal", "/r", null, "tiny", "no model 'tiny'")]
    public async Task or_refused_with_a_reason(string title, string repository, int? workers, string? model, string because)
    {
        var wish = new GoalWish(title, null, repository, Workers: workers, Models: model is null ? null : new Dictionary<string, string> { ["worker"] = model });
        (await Should.ThrowAsync<AgentOSException>(() => Intake.GiveAsync(wish, Token))).Message.ShouldContain(because);
        (await Tasks.ListAsync(new(), Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task or_refused_when_one_who_is_needed_has_no_model()
    {
        _roles.Remove("reviewer");
        (await Should.ThrowAsync<AgentOSException>(() => Intake.GiveAsync(new("Goal", null, "/r"), Token))).Message.ShouldContain("role 'reviewer'");
        (await Repositories.ListAsync(Token)).ShouldBeEmpty();

        await Intake.GiveAsync(new("Chosen", null, "/r", Models: new Dictionary<string, string> { ["reviewer"] = "large" }), Token);
        await Agents.CreateAsync("strict", AgentRole.Reviewer, "openai/large", cancellation: Token);
        await Intake.GiveAsync(new("Has its own", null, "/r"), Token);
    }

    [Fact]
    public async Task and_no_more_of_its_tasks_have_workers_at_once_than_it_may_have()
    {
        await TeamAsync(3);
        var limited = await Tasks.CreateAsync(new("Limited", TaskKind.Goal) { RepositoryId = (await RepositoryAsync()).Id, Workers = 1 }, Token);
        var part = await GoalAsync("Part", parent: limited.Id);
        var (one, two, three) = (await TaskAsync("One", 9, limited.Id), await TaskAsync("Two", 9, part.Id), await TaskAsync("Three", 9, limited.Id));
        var other = await TaskAsync("Other");

        await ClaimedAsync(one);
        (await Agents.ClaimWorkerAsync(two.Id, cancellation: Token)).ShouldBeOfType<WorkerClaim.Waiting>();
        (await Agents.ClaimWorkerAsync(three.Id, cancellation: Token)).ShouldBeOfType<WorkerClaim.Waiting>();
        await ClaimedAsync(other);
        (await Agents.NextWaitingAsync(Token)).ShouldBeEmpty("a worker is free, but for none of these");

        await Tasks.DoAsync(one.Id, new TaskCommand.Submit(Sha(1)), cancellation: Token);

        (await Agents.NextWaitingAsync(Token)).ShouldBe([two.Id]);
        (await Agents.ClaimWorkerAsync(three.Id, cancellation: Token)).ShouldBeOfType<WorkerClaim.Waiting>("the one that waited longer comes first");
        await ClaimedAsync(two);
        (await Agents.ClaimWorkerAsync(three.Id, cancellation: Token)).ShouldBeOfType<WorkerClaim.Waiting>();
    }
}
