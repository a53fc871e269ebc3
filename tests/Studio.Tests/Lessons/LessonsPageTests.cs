using AgentOS.Kernel.Lessons;
using AgentOS.Kernel.Tasks;
using AgentOS.Studio.Tests.Mission;
using Microsoft.Playwright;
using Xunit;

namespace AgentOS.Studio.Tests.Lessons;

public sealed class LessonsPageTests(MissionControlFixture mission) : IClassFixture<MissionControlFixture>
{
    [Fact]
    public async Task Lessons_are_found_taught_changed_and_retired()
    {
        var work = mission.Work;
        var store = work.Get<LessonStore>();
        var shop = await work.RepositoryAsync();
        var task = await work.TaskAsync(HostileText.Title, TaskState.Inbox);
        await work.RepositoryAsync("toolbox");
        await store.AddAsync(shop.Id, LessonSource.Verdict, "Round half to even; `Math.round` does **not**.", task.Id);
        await store.AddAsync(shop.Id, LessonSource.Checks, HostileText.Whole, task.Id);
        await using var visit = await mission.OpenAsync("/lessons");
        await visit.ShowsAsync(".lesson a", HostileText.All[0]);
        (await visit[".lesson .from a"].First.GetAttributeAsync("href")).ShouldBe($"/tasks/{task.Id}");

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Teach one" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Teach", Exact = true }).ClickAsync();
        await visit.ShowsAsync(".notice", "A lesson has 1 to");
        await visit.Page.GetByLabel("What agents are to know").FillAsync("Prices are in cents.");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Teach", Exact = true }).ClickAsync();
        await visit.ShowsAsync(".lesson", "Prices are in cents.");

        var taught = visit[".lesson"].Filter(new() { HasText = "Prices are in cents" });
        await taught.GetByRole(AriaRole.Button, new() { Name = "Edit…" }).ClickAsync();
        await visit.Page.GetByLabel("What agents are to know").FillAsync("Prices are in cents, never in floats.");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Change", Exact = true }).ClickAsync();
        await visit.ShowsAsync(".lesson", "never in floats");

        await taught.GetByRole(AriaRole.Button, new() { Name = "Retire" }).ClickAsync();
        await taught.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Retired too" }).ClickAsync();
        await visit.ShowsAsync(".lesson[data-retired]", "never in floats");
        await visit.ChooseAtOnceAsync(("Repository", "webshop"), ("Find in the lessons", "floats"));
        await visit.ShowsAsync(".none", "No lesson is like that.");
        await visit.ChooseAtOnceAsync(("Find in the lessons", ""), ("Repository", ""));
        await visit.ShowsAsync(".lesson", "Round half to even");
        await visit["input[type=search]"].FillAsync("half TO even");
        await visit["input[type=search]"].PressAsync("Enter");
        await visit[".lesson[data-retired]"].WaitForAsync(new() { State = WaitForSelectorState.Detached });
        (await visit[".lesson"].CountAsync()).ShouldBe(1);
        await HostileText.DidNothingAsync(visit);

        foreach (var look in Look.All)
        {
            await using var seen = await mission.OpenAsync("/lessons?retired=true", look);
            await seen.ShowsAsync(".lesson[data-retired]", "never in floats");
            await seen.PictureAsync("lessons");
            await seen.FitsAsync();
            await seen.HasNoFaultsAsync();
        }
    }

    [Fact]
    public async Task Older_lessons_are_shown_on_a_click_and_stay_when_one_is_learnt()
    {
        var archive = await mission.Work.RepositoryAsync("archive");
        await mission.Work.SqlAsync($"""
            INSERT INTO lessons (repository_id, source, content, created_at) SELECT '{archive.Id}', 'merge', 'Lesson ' || i || ' of many.', now() - (200 - i) * interval '1 day' FROM generate_series(1, 130) i
            """);
        await using var visit = await mission.OpenAsync("/lessons?repository=archive");
        await visit.ShowsAsync(".lesson >> nth=0", "Lesson 130 of many.");
        (await visit[".lesson"].CountAsync()).ShouldBe(60);

        await OlderAsync();
        await visit.ShowsAsync(".lesson >> nth=119", "Lesson 11 of many.");
        await mission.Work.Get<LessonStore>().AddAsync(archive.Id, LessonSource.Checks, "Learnt meanwhile.");
        await visit.ShowsAsync(".lesson >> nth=0", "Learnt meanwhile.");
        (await visit[".lesson"].CountAsync()).ShouldBe(120);

        await OlderAsync();
        await visit.ShowsAsync(".lesson >> nth=130", "Lesson 1 of many.");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Show older ones" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        visit.Errors.ShouldBeEmpty();

        Task OlderAsync() => visit.Page.GetByRole(AriaRole.Button, new() { Name = "Show older ones" }).ClickAsync();
    }
}
