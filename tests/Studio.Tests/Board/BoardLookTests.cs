using AgentOS.Studio.Tests.Mission;
using Xunit;

namespace AgentOS.Studio.Tests.Board;

public sealed class BoardLookTests(MissionControlFixture mission) : IClassFixture<MissionControlFixture>
{
    [Fact]
    public async Task It_looks_right_in_both_themes_and_on_a_phone()
    {
        await BoardScene.MakeAsync(mission.Work);
        foreach (var look in Look.All)
        {
            await using var visit = await mission.OpenAsync("/?feed=true", look);
            await visit.ShowsAsync(".card", "Show prices with tax");
            await visit.PictureAsync("board-feed");
            await visit.GoAsync("/");
            await visit.ShowsAsync(".card", "Show prices with tax");
            await visit.PictureAsync("board");
            await visit.FitsAsync();
            await visit.HasNoFaultsAsync();
            await visit.GoAsync("/?group=true");
            await visit.ShowsAsync(".lane", "Show prices with tax");
            await visit.PictureAsync("board-goals");
            await visit.FitsAsync();
            await visit.HasNoFaultsAsync();
        }
    }

    [Fact]
    public async Task The_theme_is_the_systems_until_a_person_chooses_and_then_it_stays_chosen()
    {
        await using var visit = await mission.OpenAsync("/", Look.WideDark);
        (await BackgroundAsync(visit)).ShouldBe("rgb(15, 20, 26)");

        await visit["[data-switch-theme]"].ClickAsync();
        (await BackgroundAsync(visit)).ShouldBe("rgb(246, 247, 249)");
        await visit.GoAsync("/activity");
        (await BackgroundAsync(visit)).ShouldBe("rgb(246, 247, 249)");
        await visit.Page.GotoAsync("/studio/workflows");
        (await BackgroundAsync(visit)).ShouldBe("rgb(246, 247, 249)");
    }

    private static Task<string> BackgroundAsync(MissionVisit visit) => visit.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");
}
