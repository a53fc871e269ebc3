using System.Collections.Concurrent;
using AgentOS.Kernel;
using AgentOS.Kernel.Log;
using AgentOS.Studio.Live;
using AgentOS.Studio.Tests.Mission;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace AgentOS.Studio.Tests.Feed;

public sealed class FeedTests(MissionControlFixture mission) : IClassFixture<MissionControlFixture>
{
    [Fact]
    public async Task What_happens_appears_at_the_top()
    {
        await using var visit = await mission.OpenAsync("/activity");
        await visit[".rows"].WaitForAsync();

        await mission.Work.Log.AppendAsync(new NewActivity("lesson.added", "Prices are whole cents"));

        await visit.ShowsAsync(".entry >> nth=0", "Prices are whole cents");
        visit.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task It_goes_back_to_the_beginning_as_one_scrolls_and_what_is_new_waits_meanwhile()
    {
        var agent = (await mission.Work.Agents.ListAsync())[0];
        for (var i = 1; i <= 150; i++) await mission.Work.Log.AppendAsync(new NewActivity("agent.counted", $"Number {i} of many", agent.Id));
        await using var visit = await mission.OpenAsync($"/activity?agent={agent.Name}&find=of+many");
        await visit.ShowsAsync(".entry >> nth=0", "Number 150 of many");

        await visit[".rows"].HoverAsync();
        foreach (var seen in (int[])[91, 31, 1])
        {
            await visit.Page.Mouse.WheelAsync(0, 5000);
            await visit.ShowsAsync(".entry", $"Number {seen} of many");
            await visit.PictureAsync($"seen-{seen}");
        }

        await mission.Work.Log.AppendAsync(new NewActivity("agent.counted", "Number 151 of many", agent.Id));
        await visit[".new-entries"].ClickAsync();
        await visit.ShowsAsync(".entry >> nth=0", "Number 151 of many");
    }

    [Fact]
    public async Task A_page_that_is_long_open_holds_the_newest_and_reads_the_others_again_when_one_scrolls()
    {
        var agent = (await mission.Work.Agents.ListAsync())[1];
        await using var visit = await mission.OpenAsync($"/activity?agent={agent.Name}&find=as+they+come");
        await visit.ShowsAsync(".none", "Nothing like that");

        for (var i = 1; i <= 130; i++) await mission.Work.Log.AppendAsync(new NewActivity("agent.counted", $"Number {i} as they come", agent.Id));
        await visit.ShowsAsync(".entry >> nth=0", "Number 130 as they come");
        (await visit[".entry"].CountAsync()).ShouldBeLessThanOrEqualTo(120);

        await visit[".rows"].HoverAsync();
        await visit.Page.Mouse.WheelAsync(0, 50_000);
        await visit.ShowsAsync(".entry", "Number 60 as they come");
        await visit.Page.Mouse.WheelAsync(0, 50_000);
        await visit.ShowsAsync(".entry", "Number 1 as they come");
    }

    [Fact]
    public async Task What_comes_while_one_reads_further_down_is_counted_not_kept_and_read_when_it_is_wanted()
    {
        var agent = (await mission.Work.Agents.ListAsync())[2];
        await CountAsync(1, 120);
        await using var visit = await mission.OpenAsync($"/activity?agent={agent.Name}&find=while+away");
        await visit.ShowsAsync(".entry >> nth=0", "Number 120 while away");
        await ReadOnToAsync(1);
        ConcurrentBag<WeakReference> told = [];
        using var listening = await ListenAsync(changes =>
        {
            foreach (var entry in changes.Log) told.Add(new(entry));
        });

        await CountAsync(121, 820);
        await visit.ShowsAsync(".new-entries", "700 new");
        await CountAsync(821, 821);
        await visit.ShowsAsync(".new-entries", "701 new");

        (await visit[".entry"].CountAsync()).ShouldBe(120);
        told.Count.ShouldBeGreaterThanOrEqualTo(701);
        GC.Collect();
        told.Count(entry => entry.IsAlive).ShouldBeLessThan(100, "what is only counted is kept by nobody");

        await visit[".new-entries"].ClickAsync();
        await visit.ShowsAsync(".entry >> nth=0", "Number 821 while away");
        (await visit[".new-entries"].CountAsync()).ShouldBe(0);
        // What was read before is not put right below: there are others in between.
        await ReadOnToAsync(702);
        await ReadOnToAsync(642);
        (await visit[".entry .said"].AllTextContentsAsync()).ShouldBe(Enumerable.Range(642, 180).Reverse().Select(i => $"Number {i} while away"));

        Task CountAsync(int from, int to) =>
            mission.Work.SqlAsync($"INSERT INTO activities (event_type, message, agent_id) SELECT 'agent.counted', 'Number ' || i || ' while away', '{agent.Id}' FROM generate_series({from}, {to}) i");

        async Task ReadOnToAsync(int seen)
        {
            await visit[".rows"].HoverAsync();
            await visit.Page.Mouse.WheelAsync(0, 50_000);
            await visit.ShowsAsync(".entry", $"Number {seen} while away");
        }
    }

    [Fact]
    public async Task Who_reads_further_down_is_offered_the_newest_when_some_may_have_been_missed()
    {
        await mission.Work.SqlAsync("INSERT INTO activities (event_type, message) SELECT 'repository.seen', 'Seen ' || i FROM generate_series(1, 120) i");
        await using var visit = await mission.OpenAsync("/activity?kind=repository");
        await visit.ShowsAsync(".entry >> nth=0", "Seen 120");
        await visit[".rows"].HoverAsync();
        await visit.Page.Mouse.WheelAsync(0, 5000);
        await visit.ShowsAsync(".entry", "Seen 60");

        await mission.Work.SqlAsync("""
            ALTER TABLE activities DISABLE TRIGGER USER;
            INSERT INTO activities (event_type, message) SELECT 'repository.seen', 'Unheard ' || i FROM generate_series(1, 5000) i;
            ALTER TABLE activities ENABLE TRIGGER USER
            """);
        await mission.Work.Log.AppendAsync(new NewActivity("lesson.added", "It rings"));
        await visit[".new-entries"].ClickAsync();

        await visit.ShowsAsync(".entry >> nth=0", "Unheard 5000");
        (await visit[".new-entries"].CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_change_and_its_entry_of_the_log_are_told_together()
    {
        var task = await mission.Work.TaskAsync("Told once");
        var told = new TaskCompletionSource<ChangeSet>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listening = await ListenAsync(changes =>
        {
            if (changes.Kinds.Contains("message")) told.TrySetResult(changes);
        });

        await mission.Work.Messages.SendAsync(new(AgentOS.Kernel.Messages.MessageType.Comment, "A word") { TaskId = task.Id });

        var changes = await told.Task.WaitAsync(TimeSpan.FromMinutes(1));
        changes.Tasks.ShouldContain(task.Id);
        changes.Log.ShouldContain(entry => entry.TaskId == task.Id && entry.EventType.StartsWith("message."));
    }

    [Fact]
    public async Task Who_is_the_first_to_listen_is_told_to_read_anew()
    {
        await using var alone = new ServiceCollection().AddKernel(mission.Work.Get<NpgsqlDataSource>()).AddSingleton(TimeProvider.System).AddSingleton<ChangeFeed>().BuildServiceProvider();
        var feed = alone.GetRequiredService<ChangeFeed>();
        await feed.StartAsync(TestContext.Current.CancellationToken);
        var told = new TaskCompletionSource<ChangeSet>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listening = feed.Listen(changes => told.TrySetResult(changes));

        (await told.Task.WaitAsync(TimeSpan.FromMinutes(1))).Missed.ShouldBeTrue();
        await feed.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_was_written_unheard_in_great_number_is_not_told_but_read_anew()
    {
        var told = new TaskCompletionSource<ChangeSet>(TaskCreationOptions.RunContinuationsAsynchronously);
        var heard = new TaskCompletionSource<ChangeSet>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listening = await ListenAsync(changes =>
        {
            if (changes.Missed) told.TrySetResult(changes);
            if (changes.Log.Any(entry => entry.Message == "Heard")) heard.TrySetResult(changes);
        });

        await mission.Work.SqlAsync("""
            ALTER TABLE activities DISABLE TRIGGER USER;
            INSERT INTO activities (event_type, message) SELECT 'lesson.added', 'Unheard ' || i FROM generate_series(1, 5000) i;
            ALTER TABLE activities ENABLE TRIGGER USER
            """);
        await mission.Work.Log.AppendAsync(new NewActivity("lesson.added", "It rings"));
        (await told.Task.WaitAsync(TimeSpan.FromMinutes(1))).Log.ShouldBeEmpty();

        await mission.Work.Log.AppendAsync(new NewActivity("lesson.added", "Heard"));
        (await heard.Task.WaitAsync(TimeSpan.FromMinutes(1))).Log.Count.ShouldBeLessThan(10);
    }

    [Fact]
    public async Task It_is_filtered_by_agent_task_kind_and_text_and_the_address_says_so()
    {
        var task = await mission.Work.TaskAsync("Filter the feed");
        await mission.Work.Log.AppendAsync(new NewActivity("lesson.added", "A lesson of the filter", TaskId: task.Id));
        await using var visit = await mission.OpenAsync($"/activity?task={task.Id}");
        await visit.ShowsAsync(".entry", "A lesson of the filter");
        (await visit[".entry"].CountAsync()).ShouldBe(2);

        await visit.Page.GetByLabel("Kind").SelectOptionAsync("lesson");
        await visit[".entry"].Filter(new() { HasText = "Filter the feed" }).WaitForAsync(new() { State = Microsoft.Playwright.WaitForSelectorState.Detached });
        visit.Page.Url.ShouldContain("kind=lesson");

        await visit.ChooseAtOnceAsync(("Kind", "task"), ("Find in what is said", "the feed"));
        await visit.ShowsAsync(".entry", "Filter the feed");
        (await visit[".entry"].CountAsync()).ShouldBe(1);

        await visit.Page.GetByLabel("Find in what is said").FillAsync("no such words");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.ShowsAsync(".none", "Nothing like that has happened.");
    }

    [Fact]
    public async Task What_the_log_holds_is_text_and_nothing_else()
    {
        await mission.Work.Log.AppendAsync(new NewActivity("lesson.added", HostileText.Whole));
        await using var visit = await mission.OpenAsync("/activity?kind=lesson");

        await visit.ShowsAsync(".entry", HostileText.Whole);
        await HostileText.DidNothingAsync(visit);
    }

    [Fact]
    public async Task It_looks_right_in_both_themes_and_on_a_phone()
    {
        await mission.Work.TaskAsync("Round half to even, as the accountants want it in every country that we ship to", AgentOS.Kernel.Tasks.TaskState.Done);
        foreach (var look in Look.All)
        {
            await using var visit = await mission.OpenAsync("/activity", look);
            await visit.ShowsAsync(".entry", "Round half to even");
            await visit.PictureAsync("activity");
            await visit.FitsAsync();
            await visit.HasNoFaultsAsync();
        }
    }

    /// <summary>Listens once the log is open: the first to listen is told to read anew, and not what was written until then.</summary>
    private async Task<IDisposable> ListenAsync(Action<ChangeSet> changed)
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var listening = mission.Work.Get<ChangeFeed>().Listen(changes =>
        {
            if (open.Task.IsCompleted) changed(changes);
            else if (changes.Missed || changes.Log.Any(entry => entry.Message == "Ready")) open.TrySetResult();
        });
        await mission.Work.Log.AppendAsync(new NewActivity("lesson.added", "Ready"));
        await open.Task.WaitAsync(TimeSpan.FromMinutes(1));
        return listening;
    }
}
