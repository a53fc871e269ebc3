using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Tasks;
using AgentOS.Studio.Tests.Mission;
using Microsoft.Playwright;
using Xunit;

namespace AgentOS.Studio.Tests.Goals;

public sealed class GoalPageTests(MissionControlFixture mission) : IClassFixture<MissionControlFixture>
{
    [Fact]
    public async Task Goals_that_are_further_back_than_one_list_goes_are_on_a_page_of_their_own()
    {
        await mission.Work.SqlAsync("""
            ALTER TABLE tasks DISABLE TRIGGER USER;
            INSERT INTO tasks (title, kind, status, created_at, completed_at) SELECT 'Goal ' || i || ' of long ago', 'goal', 'cancelled', now() - (2000 - i) * interval '1 hour', now() FROM generate_series(1, 605) i;
            ALTER TABLE tasks ENABLE TRIGGER USER
            """);
        await using var visit = await mission.OpenAsync("/goals?find=long+ago");
        await visit.ShowsAsync(".none", "No open goal is like that.");
        await visit.HasNoFaultsAsync();
        await visit.GoAsync("/goals?state=ended&find=long+ago");
        for (var shown = 60; shown < 600; shown += 60)
        {
            await visit["main .goal"].Nth(shown - 1).WaitForAsync();
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Show older ones" }).ClickAsync();
        }

        await visit.ShowsAsync("main .goal", "Goal 6 of long ago");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Go on with older ones" }).ClickAsync();
        await visit.ShowsAsync("main .goal", "Goal 5 of long ago");
        (await visit["main .goal h3"].AllInnerTextsAsync()).ShouldBe(Enumerable.Range(1, 5).Reverse().Select(number => $"Goal {number} of long ago"));
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Back to the newest" }).ClickAsync();
        await visit.ShowsAsync("main .goal", "Goal 605 of long ago");
        (await visit["main .goal"].CountAsync()).ShouldBe(60);
    }

    [Fact]
    public async Task It_shows_the_plan_as_it_goes_on_and_leads_to_its_tasks()
    {
        var goal = await mission.Work.GoalAsync("Tax everywhere", 2);
        var first = await mission.Work.TaskAsync("Read the rates", goal: goal.Id);
        await using var visit = await mission.OpenAsync($"/goals/{goal.Id}");
        await visit.ShowsAsync(".box[data-status=inbox]", "Read the rates");

        var second = await mission.Work.TaskAsync("Show the prices", goal: goal.Id, dependsOn: [first.Id]);
        await visit.ShowsAsync(".box", "Show the prices");
        await visit["path.line"].WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await mission.Work.DoAsync(first, new TaskCommand.Block("no rates"));
        await visit.ShowsAsync(".box[data-status=blocked]", "Read the rates");

        (await visit[$".box[href='/tasks/{second.Id}'] .unseen"].TextContentAsync()).ShouldBe("after Read the rates");
        await visit[".box"].First.FocusAsync();
        await visit.Page.Keyboard.PressAsync("Tab");
        (await visit.Page.EvaluateAsync<string>("document.activeElement.getAttribute('href')")).ShouldBe($"/tasks/{second.Id}");
    }

    [Fact]
    public async Task A_person_stops_it_sets_it_going_and_has_it_planned_again()
    {
        var goal = await mission.Work.GoalAsync("Go and stop");
        await mission.Work.TaskAsync("Not begun", goal: goal.Id);
        await using var visit = await mission.OpenAsync($"/goals/{goal.Id}");

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await visit.ShowsAsync("h1 + .state", "Stopped");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await visit.ShowsAsync("h1 + .state", "Inbox");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Plan again…" }).ClickAsync();
        await visit.Page.GetByLabel("What to do differently").FillAsync("smaller steps");
        await visit[".mud-dialog"].GetByRole(AriaRole.Button, new() { Name = "Plan again" }).ClickAsync();

        await visit.ShowsAsync(".note", "smaller steps");
        await visit.ShowsAsync(".box[data-status=cancelled]", "Not begun");
        (await mission.Work.Tasks.GetAsync(goal.Id)).Error.ShouldBe("A person wants another plan: smaller steps");
    }

    [Fact]
    public async Task A_person_changes_the_budget_and_cancels()
    {
        var goal = await mission.Work.GoalAsync("Too dear", 2);
        await using var visit = await mission.OpenAsync($"/goals/{goal.Id}");

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Budget…" }).ClickAsync();
        await visit.Page.GetByLabel("US dollars, with what is spent already").FillAsync("7.5");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Set" }).ClickAsync();
        await visit.ShowsAsync(".measure", "$0 of $7.50");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel…" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel the goal" }).ClickAsync();

        await visit.ShowsAsync("h1 + .state", "Cancelled");
        (await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_person_answers_the_planner_and_says_more()
    {
        var goal = await mission.Work.GoalAsync("Ask me");
        var planning = await mission.Work.SessionAsync(goal, "plan", AgentRole.Orchestrator);
        await using var visit = await mission.OpenAsync($"/goals/{goal.Id}");
        await mission.Work.Messages.SendAsync(new(MessageType.Question, "Which country first?") { TaskId = goal.Id, FromAgentId = planning.AgentId, SessionId = planning.Id });

        await visit.Page.GetByLabel("Your answer").FillAsync("Norway");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Answer" }).ClickAsync();
        await visit.ShowsAsync(".answer", "Norway");
        await visit.Page.GetByLabel("Say something").FillAsync("And then Chile");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await visit.ShowsAsync(".said[data-type=comment]", "And then Chile");

        (await mission.Work.Messages.OpenQuestionsAsync(goal.Id)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_said_long_ago_is_shown_on_a_click()
    {
        var goal = await mission.Work.GoalAsync("Talk much");
        await mission.Work.SqlAsync($"INSERT INTO messages (task_id, content, message_type, created_at) SELECT '{goal.Id}', 'Word ' || i || '.', 'comment', now() - (200 - i) * interval '1 minute' FROM generate_series(1, 105) i");
        await using var visit = await mission.OpenAsync($"/goals/{goal.Id}");
        await visit.ShowsAsync(".talk li >> nth=0", "Word 6.");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Show earlier ones" }).ClickAsync();
        await visit.ShowsAsync(".talk li >> nth=0", "Word 1.");
        (await visit[".talk li"].CountAsync()).ShouldBe(105);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Show earlier ones" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        visit.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_models_and_people_wrote_is_text_and_nothing_else()
    {
        var goal = await mission.Work.Tasks.CreateAsync(new(HostileText.Title, TaskKind.Goal) { Description = HostileText.Whole, RepositoryId = (await mission.Work.RepositoryAsync()).Id });
        await mission.Work.DoAsync(goal, new TaskCommand.BeginGoal());
        var task = await mission.Work.TaskAsync(HostileText.Title, TaskState.InProgress, goal.Id);
        await mission.Work.SessionAsync(task);
        var planning = await mission.Work.SessionAsync(goal, "plan", AgentRole.Orchestrator);
        await mission.Work.Messages.SendAsync(new(MessageType.Question, HostileText.Whole) { TaskId = goal.Id, FromAgentId = planning.AgentId });
        await mission.Work.Sessions.CloseAsync(planning.Id, "finished", HostileText.Whole);
        await mission.Work.Tasks.ReplanAsync(goal.Id, HostileText.Whole, dropWaiting: false);
        await using var visit = await mission.OpenAsync($"/goals/{goal.Id}");

        await visit.ShowsAsync("h1", HostileText.Title);
        await visit.ShowsAsync(".said", "<script>");
        await HostileText.DidNothingAsync(visit);
    }

    [Fact]
    public async Task It_looks_right_in_both_themes_and_on_a_phone()
    {
        var goal = await GoalScene.MakeAsync(mission.Work);
        foreach (var look in Look.All)
        {
            await using var visit = await mission.OpenAsync($"/goals/{goal.Id}", look);
            await visit.ShowsAsync(".box", "Show prices with tax");
            await visit["button.open"].ClickAsync();
            await visit.ShowsAsync(".part .box", "Translate the receipt");
            await visit.PictureAsync("goal");
            await visit.Page.Locator("#timeline").ScrollIntoViewIfNeededAsync();
            await visit.Page.EvaluateAsync("scrollTo(0, document.body.scrollHeight)");
            await visit.PictureAsync("goal-below");
            await visit.Page.EvaluateAsync("scrollTo(0, 0)"); // what lies half below the header is no small target
            await visit.FitsAsync();
            await visit.HasNoFaultsAsync();
        }
    }

    [Fact]
    public async Task A_plan_of_sixty_tasks_can_be_read()
    {
        var goal = await mission.Work.GoalAsync("A large one");
        List<AgentTask> tasks = [];
        for (var i = 0; i < 60; i++)
            tasks.Add(await mission.Work.TaskAsync($"Step {i + 1} of a plan with many steps", goal: goal.Id, dependsOn: i < 14 ? [] : [tasks[i - 14].Id, tasks[i - 7 - (i % 3)].Id]));
        await using var visit = await mission.OpenAsync($"/goals/{goal.Id}");

        await visit.ShowsAsync(".box", "Step 60 of");
        await visit.PictureAsync("goal-sixty");
        await visit.FitsAsync();
        await visit.HasNoFaultsAsync();
    }

    [Fact]
    public async Task An_address_of_no_goal_says_so()
    {
        await using var visit = await mission.OpenAsync($"/goals/{Guid.CreateVersion7()}");
        await visit.ShowsAsync("[role=alert]", "There is no goal");
    }
}
