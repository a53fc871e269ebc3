using AgentOS.Kernel.Evidence;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;
using AgentOS.Studio.Tests.Mission;
using Microsoft.Playwright;
using Xunit;

namespace AgentOS.Studio.Tests.Tasks;

public sealed class TaskPageTests(MissionControlFixture mission) : IClassFixture<MissionControlFixture>
{
    private KernelWork Work => mission.Work;

    [Fact]
    public async Task A_task_tells_where_it_is_and_goes_on_without_a_reload()
    {
        var first = await Work.TaskAsync("Read the rates", TaskState.Inbox);
        var task = await Work.TaskAsync("Show the tax", TaskState.Inbox, description: "With **care**.", dependsOn: first.Id);
        await using var visit = await mission.OpenAsync($"/tasks/{task.Id}");
        await visit.ShowsAsync(".doing", "Waits for “Read the rates”");
        await visit.ShowsAsync(".prose strong", "care");

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Read the rates" }).ClickAsync();
        await visit.ShowsAsync("h1", "Read the rates");
        await visit.ShowsAsync("[data-links=after] a", "Show the tax");

        await Work.Tasks.CancelAsync(first.Id, "not wanted");
        await visit.ShowsAsync(".chip", "Cancelled");
        (await visit["[data-action]"].CountAsync()).ShouldBe(0);
        visit.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_person_says_stands_in_the_conversation_and_waits_for_the_agent()
    {
        using var scene = await TaskScene.MakeAsync(Work);
        await using var visit = await mission.OpenAsync($"/tasks/{scene.Task.Id}");

        await visit.Page.GetByLabel("Say something to whoever works on it").FillAsync("Use the configuration.");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await visit.ShowsAsync("li[data-from=person]", "Use the configuration.");
        await visit.ShowsAsync("li[data-from=person] .reach", "not read yet");
        (await Work.Sessions.PlaceAsync(scene.Review.Id)).Words.ShouldContain(word => word.Content == "Use the configuration.");

        await visit.Page.GetByLabel("Your answer").FillAsync("Half to even.");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Answer" }).ClickAsync();
        await visit.ShowsAsync("li[data-type=answer]", "Half to even.");
        (await Work.Messages.OpenQuestionsAsync(scene.Task.Id)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Earlier_messages_are_shown_on_a_click_and_stay_when_something_is_said()
    {
        var task = await Work.TaskAsync("Much was said");
        await Work.SqlAsync($"INSERT INTO messages (task_id, content, message_type, created_at) SELECT '{task.Id}', 'Word ' || i || '.', 'comment', now() - (200 - i) * interval '1 minute' FROM generate_series(1, 110) i");
        await using var visit = await mission.OpenAsync($"/tasks/{task.Id}");
        await visit.ShowsAsync(".talk li >> nth=49", "Word 110.");
        (await visit[".talk li"].CountAsync()).ShouldBe(50);

        await EarlierAsync();
        await visit.ShowsAsync(".talk li >> nth=99", "Word 110.");
        await visit.ShowsAsync(".talk li >> nth=0", "Word 11.");
        await Work.Messages.SendAsync(new(MessageType.Comment, "Said meanwhile.") { TaskId = task.Id });
        await visit.ShowsAsync(".talk li >> nth=99", "Said meanwhile.");

        await EarlierAsync();
        await visit.ShowsAsync(".talk li >> nth=110", "Said meanwhile.");
        await visit.ShowsAsync(".talk li >> nth=0", "Word 1.");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Show earlier ones" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        visit.Errors.ShouldBeEmpty();

        Task EarlierAsync() => visit.Page.GetByRole(AriaRole.Button, new() { Name = "Show earlier ones" }).ClickAsync();
    }

    [Fact]
    public async Task What_is_in_review_is_rejected_with_a_reason()
    {
        using var scene = await TaskScene.MakeAsync(Work);
        await using var visit = await mission.OpenAsync($"/tasks/{scene.Task.Id}?tab=checks");

        await visit["[data-action=Reject]"].ClickAsync();
        await visit["[data-do=Reject]"].ClickAsync();
        await visit.ShowsAsync(".notice", "A rejection needs to say what is wrong");
        await visit.Page.GetByLabel("What is wrong, and what would be right").FillAsync("It rounds up.");
        await visit["[data-do=Reject]"].ClickAsync();

        await visit.ShowsAsync("[data-kind=verdict]", "It rounds up.");
        (await Work.Evidence.PersonVerdictAsync(scene.Task.Id, scene.Task.HeadSha!))!.Passed.ShouldBeFalse();
    }

    [Fact]
    public async Task A_task_is_taken_over_and_handed_back()
    {
        using var scene = await TaskScene.MakeAsync(Work);
        await using var visit = await mission.OpenAsync($"/tasks/{scene.Task.Id}");

        await visit["[data-action=more]"].ClickAsync();
        await visit["[data-action=TakeOver]"].ClickAsync();
        await visit["[data-do=TakeOver]"].ClickAsync();
        await visit.ShowsAsync(".note code", "/data/workspaces/tree");
        await visit.ShowsAsync(".chip", "Taken over");

        await visit["[data-action=HandBack]"].ClickAsync();
        await visit.Page.GetByLabel("What you did").FillAsync("I rounded it.");
        await visit["[data-do=HandBack]"].ClickAsync();
        await visit.ShowsAsync(".facts", "3 of");
        (await Work.Tasks.GetAsync(scene.Task.Id)).PersonAttempt.ShouldBe(3);
    }

    [Fact]
    public async Task What_is_stopped_is_retried_split_given_to_another_and_put_before_others()
    {
        var task = await Work.TaskAsync("Do everything", TaskState.InProgress);
        await using var visit = await mission.OpenAsync($"/tasks/{task.Id}");

        await visit["[data-action=Stop]"].ClickAsync();
        await visit["[data-do=Stop]"].ClickAsync();
        await visit.ShowsAsync(".chip", "Stopped");
        await visit["[data-action=Retry]"].ClickAsync();
        await visit["[data-do=Retry]"].ClickAsync();
        await visit.ShowsAsync(".chip", "Inbox");

        await visit["[data-action=more]"].ClickAsync();
        await visit["[data-action=Prioritise]"].ClickAsync();
        await visit["[data-asks=Prioritise] input"].FillAsync("7");
        await visit["[data-do=Prioritise]"].ClickAsync();
        await visit.ShowsAsync(".facts", "7");

        await visit["[data-action=more]"].ClickAsync();
        await visit["[data-action=Reassign]"].ClickAsync();
        await visit["[data-asks=Reassign] select"].SelectOptionAsync(new SelectOptionValue { Index = 1 });
        await visit["[data-do=Reassign]"].ClickAsync();
        await visit.ShowsAsync(".chip", "Assigned");

        await visit["[data-action=more]"].ClickAsync();
        await visit["[data-action=Split]"].ClickAsync();
        await visit.Page.GetByLabel("Titles of the parts, one a line").FillAsync("The first half\nThe second half");
        await visit["[data-do=Split]"].ClickAsync();
        await visit.ShowsAsync(".chip", "Cancelled");
        (await Work.Tasks.ListAsync(new() { RepositoryId = task.RepositoryId })).Select(part => part.Title).ShouldContain("The second half");
    }

    [Fact]
    public async Task A_session_is_seen_as_it_happens()
    {
        var task = await Work.TaskAsync("Show the tax", TaskState.InProgress);
        var session = await Work.SessionAsync(task, entries: [NewEntry.Of("system", new { kind = "system", text = "You code." }), NewEntry.Of("user", new { kind = "user", text = "Do it." })]);
        var live = Work.Get<LiveOutputStore>();
        await using var visit = await mission.OpenAsync($"/tasks/{task.Id}?tab=session");
        await visit.ShowsAsync(".transcript", "Its model thinks");

        await live.WriteAsync(new(session.Id, 2, "I shall look at", 0, 1));
        await visit.ShowsAsync(".live", "I shall look at");
        await live.WriteAsync(new(session.Id, 2, "I shall look at the rates first", 0, 2));
        await visit.ShowsAsync(".live", "the rates first");

        (await Work.Sessions.AppendAsync(session.Id, 2, [KernelWork.Said("I shall look at the rates first.", ("run_shell", new { command = "npm test" }))])).ShouldBe(3);
        await visit.ShowsAsync("[data-kind=answer]", "the rates first.");
        await visit.ShowsAsync("[data-tool=run_shell][data-state=running]", "npm test");
        await live.WriteAsync(new(session.Id, 3, "\u001b[32m7 passing\u001b[0m\n", 0, 3));
        await visit.ShowsAsync(".live .ansi-green", "7 passing");

        (await Work.Sessions.AppendAsync(session.Id, 3, [KernelWork.Answered("run_shell", "7 passing\n[exit code 0, 1.0 s]")])).ShouldBe(4);
        await visit["[data-tool=run_shell][data-state=done]"].WaitForAsync();
        (await visit[".live"].CountAsync()).ShouldBe(0);
        await visit["[data-tool=run_shell] button"].ClickAsync();
        await visit.ShowsAsync("[data-tool=run_shell] pre", "[exit code 0, 1.0 s]");

        // It is followed to its newest words, until its reader scrolls up.
        (await Work.Sessions.AppendAsync(session.Id, 4, [KernelWork.Said(string.Join("\n\n", Enumerable.Repeat("I think.", 100)))])).ShouldBe(5);
        await visit["[data-entries='5']"].WaitForAsync();
        await AtEndAsync();
        await visit.Page.Mouse.MoveAsync(600, 400);
        await visit.Page.Mouse.WheelAsync(0, -600);
        await visit[".to-newest"].WaitForAsync();
        var at = await TopAsync();
        (await Work.Sessions.AppendAsync(session.Id, 5, [KernelWork.Said("One more word.")])).ShouldBe(6);
        await visit["[data-entries='6']"].WaitForAsync();
        (await TopAsync()).ShouldBe(at);
        await visit[".to-newest"].ClickAsync();
        await AtEndAsync();
        await visit[".to-newest"].WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        visit.Errors.ShouldBeEmpty();

        Task<double> TopAsync() => visit.Page.EvaluateAsync<double>("() => scrollY");
        // In the next frames, as it is drawn.
        Task AtEndAsync() => visit.Page.EvaluateAsync("() => new Promise(done => { const look = () => document.documentElement.scrollHeight - innerHeight - scrollY < 2 && scrollY > 0 ? done() : requestAnimationFrame(look); look(); })");
    }

    [Fact]
    public async Task The_change_is_read_and_a_comment_on_a_line_reaches_the_agent()
    {
        using var scene = await TaskScene.MakeAsync(Work);
        await using var visit = await mission.OpenAsync($"/tasks/{scene.Task.Id}?tab=diff");
        await visit.ShowsAsync("[data-path='src/discounts.js'] [data-fate=Deleted]", "return total - total");
        await visit.ShowsAsync("[data-path='src/discounts.js'] [data-fate=Added] mark", "Math");
        await visit.ShowsAsync("[data-path='logo.png']", "A binary file.");

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Side by side" }).ClickAsync();
        await visit["table.split"].First.WaitForAsync();
        await visit["[data-path='src/discounts.js']"].GetByRole(AriaRole.Button, new() { Name = "Comment on line 2" }).ClickAsync();
        await visit[".said textarea"].First.FillAsync("Half to even, please.");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Send to its agent" }).ClickAsync();
        await visit.ShowsAsync("[data-path='src/discounts.js'] .said", "Half to even, please.");

        var word = (await Work.Sessions.PlaceAsync(scene.Review.Id)).Words.Single(word => word.File is not null);
        (word.File, word.Line, word.CommitSha).ShouldBe(("src/discounts.js", 2, scene.Task.HeadSha));
    }

    [Fact]
    public async Task From_a_card_two_clicks_lead_to_the_log_the_verdict_and_the_judges_words()
    {
        using var scene = await TaskScene.MakeAsync(Work);
        await using var visit = await mission.OpenAsync("/");
        await visit[$".card[data-id='{scene.Task.Id}'] a"].ClickAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Checks and verdicts" }).ClickAsync();

        await visit.ShowsAsync("[data-attempt='1'] .ansi-red", "1 failing");
        await visit.ShowsAsync("[data-attempt='1'] .back", "goes back (checks)");
        await visit.ShowsAsync("[data-attempt='2'] [data-kind=verdict]", "Half a cent is rounded up.");
        await visit["[data-attempt='2'] .findings a"].ClickAsync();
        await visit.ShowsAsync("[data-path='src/discounts.js'] tr.meant", "Math.round");
        (await visit["tr.meant"].EvaluateAsync<bool>("row => { const at = row.getBoundingClientRect(); return at.top >= 0 && at.bottom <= innerHeight; }")).ShouldBeTrue();
        await visit.Page.GoBackAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "what the judge did" }).ClickAsync();
        await visit.ShowsAsync("[data-kind=answer]", "I read the change.");

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Cost", Exact = true }).ClickAsync();
        await visit.ShowsAsync("tbody", "Coding, attempt 2");
        await visit.ShowsAsync("tfoot", "2,400");
    }

    [Fact]
    public async Task What_models_repositories_and_people_wrote_is_text_and_nothing_else()
    {
        using var scene = await TaskScene.MakeAsync(Work, HostileText.Title, HostileText.Whole);
        await Work.Messages.SendAsync(new(MessageType.Comment, HostileText.Whole) { TaskId = scene.Task.Id, File = "src/receipt.js", Line = 1, CommitSha = scene.Task.HeadSha });
        await Work.Get<LiveOutputStore>().WriteAsync(new(scene.Review.Id, 1, HostileText.Whole, 0, 1));
        await Work.Evidence.RecordAsync(new(scene.Task.Id, EvidenceKind.Analysis, scene.Task.HeadSha!, false) { Command = HostileText.Whole, ExitCode = 2, Log = HostileText.Whole, Attempt = 2 });
        await using var visit = await mission.SignInAsync();
        foreach (var (part, expects) in ((string, string)[])
        [
            ("", "[data-type=question]"), ("?tab=session", ".live"), ($"?tab=session&session={scene.Coding.Id}", "[data-tool=run_shell]"), ("?tab=diff", ".said"), ("?tab=checks", "[data-kind=analysis] .log .row"), ("?tab=cost", "tbody tr"),
        ])
        {
            await visit.GoAsync($"/tasks/{scene.Task.Id}{part}");
            await visit[expects].First.WaitForAsync();
            if (part.Contains(scene.Coding.Id.ToString(), StringComparison.Ordinal)) await visit["[data-tool=run_shell] button"].ClickAsync();
            await HostileText.DidNothingAsync(visit);
        }
    }

    [Fact]
    public async Task It_looks_right_in_both_themes_and_on_a_phone()
    {
        using var scene = await TaskScene.MakeAsync(Work);
        (string Part, string Expects)[] parts = [("", ".talk li"), ("session", "[data-kind=answer]"), ("diff", "[data-path='src/receipt.js'] table"), ("checks", ".log .row"), ("cost", "tbody tr")];
        foreach (var look in Look.All)
        {
            await using var visit = await mission.OpenAsync("/", look);
            foreach (var (part, expects) in parts)
            {
                await visit.GoAsync($"/tasks/{scene.Task.Id}?tab={part}");
                await visit[expects].First.WaitForAsync();
                await visit.PictureAsync($"task-{part}");
                await visit.FitsAsync();
                await visit.HasNoFaultsAsync();
            }
        }
    }

    [Fact]
    public async Task An_address_of_no_task_says_so()
    {
        await using var visit = await mission.OpenAsync($"/tasks/{Guid.NewGuid()}");
        await visit.ShowsAsync("h1", "There is no such task");
        visit.Errors.ShouldBeEmpty();
    }
}
