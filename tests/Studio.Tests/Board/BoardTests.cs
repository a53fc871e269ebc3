using AgentOS.Kernel.Tasks;
using AgentOS.Studio.Tests.Mission;
using Microsoft.Playwright;
using Xunit;

namespace AgentOS.Studio.Tests.Board;

public sealed class BoardTests(MissionControlFixture mission) : IClassFixture<MissionControlFixture>
{
    [Fact]
    public async Task Tasks_stand_in_the_column_of_their_state_and_go_on_without_a_reload()
    {
        var task = await mission.Work.TaskAsync("Round half to even", TaskState.InProgress);
        await using var visit = await mission.OpenAsync("/?find=round+half+even");
        await visit.ShowsAsync("[data-state=in_progress] .card", "Round half to even");

        await mission.Work.DoAsync(task, new TaskCommand.Submit(mission.Work.Sha()));

        await visit.ShowsAsync("[data-state=review] .card", "Round half to even");
        (await visit["[data-state=in_progress] .card"].CountAsync()).ShouldBe(0);
        visit.Errors.ShouldBeEmpty();
        visit.Foreign.ShouldBeEmpty();
    }

    [Fact]
    public async Task Filters_that_are_chosen_at_once_all_hold_and_nothing_that_is_typed_is_lost()
    {
        await mission.Work.TaskAsync("Sought by words", TaskState.Inbox);
        await mission.Work.TaskAsync("Sought by words elsewhere", TaskState.Inbox, repository: "elsewhere");
        await using var visit = await mission.OpenAsync("/");
        await visit.ShowsAsync(".card", "Sought by words elsewhere");
        await visit["input[type=search]"].EvaluateAsync(
            """
            field => {
                const { get, set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value');
                window.written = [];
                Object.defineProperty(field, 'value', { get, set(text) { window.written.push(text); set.call(this, text); } });
            }
            """);

        const string Find = "Find by words of the title";
        await visit.ChooseAtOnceAsync((Find, "soug"), ("Repository", "elsewhere"), (Find, "sought by words"));

        await visit[".card"].First.Filter(new() { HasText = "Sought by words elsewhere" }).WaitForAsync();
        await visit[".card"].Nth(1).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        visit.Page.Url.ShouldEndWith("/?find=sought%20by%20words&repository=elsewhere");
        (await visit.Page.EvaluateAsync<string[]>("() => window.written.slice(2)")).ShouldNotContain("soug", "the server wrote over what was typed since");
    }

    [Fact]
    public async Task A_card_says_what_the_agent_does_as_its_session_goes_on()
    {
        var task = await mission.Work.TaskAsync("Sort the basket", TaskState.InProgress);
        await using var visit = await mission.OpenAsync("/?find=sort+basket");
        var session = await mission.Work.SessionAsync(task, entries: KernelWork.Said("", ("read_file", new { path = "src/basket.js" })));
        await visit.ShowsAsync(".card .doing", "Reads src/basket.js");

        await mission.Work.Sessions.AppendAsync(session.Id, 1, [KernelWork.Answered("read_file", "…"), KernelWork.Said("", ("run_shell", new { command = "npm test" }))]);

        await visit.ShowsAsync(".card .doing", "Runs npm test");
    }

    [Fact]
    public async Task A_task_is_dragged_to_where_the_rules_let_it_and_elsewhere_it_is_said_why_not()
    {
        var task = await mission.Work.TaskAsync("Drag me about", TaskState.Assigned);
        await using var visit = await mission.OpenAsync("/?find=drag+about");

        await visit[$".card[data-id='{task.Id}']"].DragToAsync(visit[".column[data-state=inbox]"]);
        await visit.ShowsAsync("[data-state=inbox] .card", "Drag me about");
        (await mission.Work.Tasks.GetAsync(task.Id)).Status.ShouldBe(TaskState.Inbox);

        await visit[$".card[data-id='{task.Id}']"].DragToAsync(visit[".column[data-state=done]"]);
        await visit.ShowsAsync(".notice", "It is done when its merge has landed");
        (await mission.Work.Tasks.GetAsync(task.Id)).Status.ShouldBe(TaskState.Inbox);
        visit.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_keyboard_does_what_the_mouse_does()
    {
        var task = await mission.Work.TaskAsync("Only by keys", TaskState.Inbox);
        await using var visit = await mission.OpenAsync("/?find=only+keys");
        // Chosen by the server a round trip after the field has the focus, it would be taken from whoever has gone on.
        await visit.Page.EvaluateAsync("window.chosen = 0; for (const name of ['focusFirst', 'focusLast']) { const choose = mudElementRef[name]; mudElementRef[name] = (...all) => { window.chosen++; choose.apply(mudElementRef, all); }; } void 0;");

        await visit[".card .card-menu"].FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit["#card-menu a:focus"].WaitForAsync();
        await visit.Page.Keyboard.PressAsync("End");
        await visit.PictureAsync("menu");
        await visit.HasNoFaultsAsync();
        (await visit["#card-menu :focus"].InnerTextAsync()).ShouldBe("Blocked");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit[".mud-dialog textarea:focus"].WaitForAsync();
        await ToTheButtonAsync();
        await visit.ShowsAsync(".mud-dialog", "Say it in a few words.");
        await visit.PictureAsync("stop");
        await visit[".mud-dialog textarea"].FocusAsync();
        await visit.Page.Keyboard.TypeAsync("Not now");
        await ToTheButtonAsync();

        await visit.ShowsAsync("[data-state=blocked] .card", "Not now");
        var stopped = await mission.Work.Tasks.GetAsync(task.Id);
        (stopped.Status, stopped.Hold, stopped.Error).ShouldBe((TaskState.Blocked, TaskHold.Stopped, "Not now"));
        (await visit.Page.EvaluateAsync<int>("window.chosen")).ShouldBe(0);

        async Task ToTheButtonAsync()
        {
            await visit.Page.Keyboard.PressAsync("Tab");
            await visit.Page.Keyboard.PressAsync("Tab");
            await visit[".mud-dialog .mud-button-filled:focus"].WaitForAsync();
            await visit.Page.Keyboard.PressAsync("Enter");
        }
    }

    [Fact]
    public async Task A_person_makes_a_task_gives_it_priority_splits_it_and_cancels_a_part()
    {
        await mission.Work.RepositoryAsync();
        await using var visit = await mission.OpenAsync("/?find=made+here");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "New task" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await visit.ShowsAsync(".notice", "A task needs a title.");
        await visit.Page.GetByLabel("Title", new() { Exact = true }).FillAsync("Made here");
        await visit.PictureAsync("new-task");
        await visit.HasNoFaultsAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await visit.ShowsAsync("[data-state=inbox] .card", "Made here");

        await ChooseAsync(visit, "Made here", "Priority…");
        await visit.Page.GetByLabel("Priority", new() { Exact = true }).FillAsync("7");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Set" }).ClickAsync();
        await visit.ShowsAsync(".card .priority", "↑7");

        await ChooseAsync(visit, "Made here", "Split…");
        await visit.Page.GetByLabel("The parts, one a line").FillAsync("Made here first\nMade here second");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Split into 2" }).ClickAsync();
        await visit.ShowsAsync(".card", "Made here first");

        await ChooseAsync(visit, "Made here second", "Cancel…");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel the task" }).ClickAsync();
        await visit[".card"].Filter(new() { HasText = "Made here second" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        (await visit[".card"].CountAsync()).ShouldBe(1);
        (await mission.Work.Tasks.ListAsync(new() { Status = TaskState.Inbox })).Single(task => task.Title == "Made here first").Priority.ShouldBe(7);
    }

    [Fact]
    public async Task A_task_is_given_to_another_worker()
    {
        var task = await mission.Work.TaskAsync("Hand me on");
        await using var visit = await mission.OpenAsync("/?find=hand+me");

        await ChooseAsync(visit, "Hand me on", "Assign…");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Assign", Exact = true }).ClickAsync();

        await visit.ShowsAsync("[data-state=assigned] .card", "Hand me on");
        (await mission.Work.Tasks.GetAsync(task.Id)).AssigneeId.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_address_says_what_is_shown()
    {
        var goal = await mission.Work.GoalAsync("Filter the board", repository: "library");
        await mission.Work.TaskAsync("Under the goal", goal: goal.Id, repository: "library");
        await mission.Work.TaskAsync("Beside the goal", repository: "library");
        await using var visit = await mission.OpenAsync("/?repository=library");
        await visit.ShowsAsync(".card", "Beside the goal");
        (await visit[".card"].CountAsync()).ShouldBe(2);

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Show only the tasks of Filter the board" }).ClickAsync();
        await visit[".card"].Filter(new() { HasText = "Beside the goal" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        visit.Page.Url.ShouldContain($"goal={goal.Id}");

        await visit.GoAsync($"/?repository=library&goal={goal.Id}");
        await visit.ShowsAsync(".card", "Under the goal");
        (await visit[".card"].CountAsync()).ShouldBe(1);
        await visit.GoAsync("/?repository=nothing");
        (await visit[".card"].CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_done_is_shown_back_to_the_first()
    {
        var archive = await mission.Work.RepositoryAsync("archive");
        await mission.Work.SqlAsync($"""
            ALTER TABLE tasks DISABLE TRIGGER USER;
            INSERT INTO tasks (title, status, repository_id, merged_sha, completed_at) SELECT 'Done ' || i, 'done', '{archive.Id}', repeat('a', 40), now() - (400 - i) * interval '1 minute' FROM generate_series(1, 370) i;
            ALTER TABLE tasks ENABLE TRIGGER USER
            """);
        await using var visit = await mission.OpenAsync("/?repository=archive&show=300");
        var cards = visit["[data-state=done] .card"];
        await cards.Nth(299).WaitForAsync();
        var more = visit["[data-state=done]"].GetByRole(AriaRole.Button, new() { Name = "Show more" });
        await more.ClickAsync();
        await cards.Nth(359).WaitForAsync();

        // One that is done meanwhile moves the others down.
        await mission.Work.TaskAsync("Done now", TaskState.Done, repository: "archive");
        await cards.Nth(360).WaitForAsync();
        await more.ClickAsync();
        await cards.Nth(370).WaitForAsync();

        (await cards.Locator("h3").AllTextContentsAsync()).ShouldBe(["Done now", .. Enumerable.Range(1, 370).Reverse().Select(number => $"Done {number}")]);
        await more.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await cards.Last.HoverAsync();
        await visit[".card-menu[aria-label='Actions for Done 1']"].ClickAsync();
        await visit["#card-menu a"].First.WaitForAsync();
    }

    [Fact]
    public async Task What_a_model_wrote_is_text_and_nothing_else()
    {
        var goal = await mission.Work.GoalAsync(HostileText.Title);
        var task = await mission.Work.TaskAsync(HostileText.Title, TaskState.InProgress, goal.Id);
        await mission.Work.SessionAsync(task, entries: KernelWork.Said("", ("run_shell", new { command = HostileText.All[0] })));
        await mission.Work.DoAsync(await mission.Work.TaskAsync(HostileText.Title, goal: goal.Id), new TaskCommand.Block(HostileText.Whole));
        foreach (var address in (string[])[$"/?goal={goal.Id}&feed=true", $"/?goal={goal.Id}&group=true"])
        {
            await using var visit = await mission.OpenAsync(address);
            await visit.ShowsAsync(".card .first", HostileText.Title);
            await visit.ShowsAsync(".goal", HostileText.Title);
            await visit[".card-menu"].First.ClickAsync();
            await visit["#card-menu a"].First.WaitForAsync();
            await HostileText.DidNothingAsync(visit);
        }
    }

    private static async Task ChooseAsync(MissionVisit visit, string title, string item)
    {
        await visit[".card"].Filter(new() { HasText = title }).First.HoverAsync();
        await visit[$".card-menu[aria-label='Actions for {title}']"].ClickAsync();
        await visit.Page.GetByRole(AriaRole.Menuitem, new() { Name = item }).ClickAsync();
    }
}
