using AgentOS.Kernel.Tasks;
using AgentOS.Studio.Tests.Mission;
using AgentOS.Testing.Git;
using Microsoft.Playwright;
using Xunit;

namespace AgentOS.Studio.Tests.Goals;

public sealed class NewGoalTests(MissionControlFixture mission) : IClassFixture<MissionControlFixture>
{
    [Fact]
    public async Task A_person_gives_a_goal_with_what_they_choose_and_sees_it()
    {
        using var repository = await TestRepository.CreateAsync();
        await using var visit = await mission.OpenAsync("/");
        await visit[".bar-new"].ClickAsync();

        await visit.Page.GetByLabel("What is to be reached").FillAsync("Show prices with tax\nIn every country.");
        await visit.Page.GetByLabel("Repository", new() { Exact = true }).FillAsync(repository.Path);
        await visit.Page.GetByLabel("Budget in US dollars").FillAsync("3.5");
        await visit.Page.GetByLabel("Workers at once").FillAsync("2");
        await visit.Page.GetByLabel("Workers", new() { Exact = true }).SelectOptionAsync(new SelectOptionValue { Index = 1 });
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Give the goal" }).ClickAsync();

        await visit.ShowsAsync("h1", "Show prices with tax");
        var goal = await mission.Work.Tasks.GetAsync(Guid.Parse(visit.Path.Split('/')[^1]));
        (goal.Status, goal.BudgetUsd, goal.Workers, goal.Models!.Keys.Single()).ShouldBe((TaskState.Inbox, 3.5m, 2, "worker"));
        goal.Description.ShouldBe("Show prices with tax\nIn every country.");
    }

    [Fact]
    public async Task What_cannot_be_taken_on_says_why_and_keeps_what_was_typed()
    {
        await using var visit = await mission.OpenAsync("/goals/new");
        await visit.Page.GetByLabel("What is to be reached").FillAsync("Anything");
        await visit.Page.GetByLabel("Repository", new() { Exact = true }).FillAsync("/nowhere/at/all");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Give the goal" }).ClickAsync();

        await visit.ShowsAsync(".refused", "/nowhere/at/all");
        (await visit.Page.GetByLabel("What is to be reached").InputValueAsync()).ShouldBe("Anything");
    }

    [Fact]
    public async Task It_looks_right_in_both_themes_and_on_a_phone()
    {
        await mission.Work.RepositoryAsync("webshop");
        await mission.Work.RepositoryAsync("toolbox");
        foreach (var look in Look.All)
        {
            await using var visit = await mission.OpenAsync("/goals/new", look);
            await visit[".known button"].First.ClickAsync();
            await visit.PictureAsync("new-goal");
            await visit.FitsAsync();
            await visit.HasNoFaultsAsync();
        }
    }
}
