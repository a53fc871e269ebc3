using AgentOS.Kernel.ModelCalls;
using AgentOS.Kernel.Tasks;
using AgentOS.Studio.Tests.Mission;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace AgentOS.Studio.Tests.Status;

public sealed class StatusPageTests(MissionControlFixture mission) : IClassFixture<MissionControlFixture>
{
    [Fact]
    public async Task How_the_server_is_doing_is_seen_and_goes_on_by_itself()
    {
        var task = await mission.Work.TaskAsync(HostileText.Title, TaskState.InProgress);
        await FailAsync("step-1", HostileText.Whole);
        await using var visit = await mission.OpenAsync("/status");
        await visit.ShowsAsync("[data-model='demo/model']", HostileText.All[0]);
        await visit.ShowsAsync(".facts", "Connections");
        await visit.ShowsAsync("li[data-status=ok]", "git");
        (await visit[".stalled"].CountAsync()).ShouldBe(0);

        await FailAsync("step-2", "The account has no funds.");
        await visit.ShowsAsync("[data-model='demo/model']", "no funds");
        await SinceLongAsync(task.Id);
        await visit.ShowsAsync(".stalled", HostileText.All[0]);
        await HostileText.DidNothingAsync(visit);

        foreach (var look in Look.All)
        {
            await using var seen = await mission.OpenAsync("/status", look);
            await seen.ShowsAsync(".stalled", HostileText.All[0]);
            await seen["li[data-status]"].First.WaitForAsync();
            await seen.PictureAsync("status");
            await seen.FitsAsync();
            await seen.HasNoFaultsAsync();
        }
    }

    private async Task FailAsync(string step, string error)
    {
        var call = (await mission.Work.Calls.StartAsync(new(step, "demo", "model", "{}", 0))).ShouldBeOfType<ModelCallStart.Started>().Call;
        await mission.Work.Calls.FailAsync(call.Id, error);
    }

    /// <summary>Half an hour passes for this task alone.</summary>
    private async Task SinceLongAsync(Guid task)
    {
        var database = mission.Server.App.Services.GetRequiredService<NpgsqlDataSource>();
        await using var age = database.CreateCommand(
            """
            DO $$ BEGIN
                ALTER TABLE tasks DISABLE TRIGGER tasks_change; ALTER TABLE activities DISABLE TRIGGER activities_kept;
                UPDATE tasks SET updated_at = now() - interval '31 minutes'; UPDATE activities SET created_at = now() - interval '31 minutes';
                ALTER TABLE tasks ENABLE TRIGGER tasks_change; ALTER TABLE activities ENABLE TRIGGER activities_kept;
            END $$
            """);
        await age.ExecuteNonQueryAsync();
        (await mission.Work.Tasks.GetAsync(task)).UpdatedAt.ShouldBeLessThan(DateTimeOffset.UtcNow.AddMinutes(-30));
    }
}
