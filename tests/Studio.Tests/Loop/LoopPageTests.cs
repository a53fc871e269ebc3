using System.Text.Json;
using AgentOS.Kernel.Tasks;
using AgentOS.Studio.Tests.Mission;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Npgsql;
using Xunit;

namespace AgentOS.Studio.Tests.Loop;

public sealed class LoopPageTests(MissionControlFixture mission) : IClassFixture<MissionControlFixture>
{
    [Fact]
    public async Task The_loop_is_explained_counted_and_what_faulted_is_retried()
    {
        var task = await mission.Work.TaskAsync("Show prices with tax", TaskState.Blocked);
        await InstanceAsync("faulted-of-a-task", "task", "Faulted", task.Id.ToString(), HostileText.Whole);
        await InstanceAsync("faulted-alone", "heartbeat", "Faulted", null, "PostgreSQL was away.");
        await InstanceAsync("waits", "goal", "Suspended", null, null);
        await using var visit = await mission.OpenAsync("/loop");
        await visit.ShowsAsync("[data-definition=goal] [data-count=suspended]", "1 waiting");
        await visit.ShowsAsync("[data-definition=heartbeat] [data-count=faulted]", "1 faulted");
        await visit.ShowsAsync("li[data-id=faulted-of-a-task] .error", HostileText.All[0]);
        (await visit["li[data-id=faulted-alone] a"].GetAttributeAsync("href")).ShouldBe("/studio/instances/faulted-alone?step=a");
        (await visit["[data-definition=task] a"].GetAttributeAsync("target")).ShouldBe("_top");

        foreach (var look in Look.All)
        {
            await using var seen = await mission.OpenAsync("/loop", look);
            await seen.ShowsAsync("li[data-id=faulted-alone]", "PostgreSQL was away.");
            await seen.PictureAsync("loop");
            await seen.FitsAsync();
            await seen.HasNoFaultsAsync();
        }

        await visit["li[data-id=faulted-alone]"].GetByRole(AriaRole.Button).ClickAsync();
        await visit.ShowsAsync(".notice", "No activity of it has faulted.");
        await visit["li[data-id=faulted-of-a-task]"].GetByRole(AriaRole.Button).ClickAsync();
        await visit.ShowsAsync(".notice", "is retried, with an instance of its own.");
        await visit["li[data-id=faulted-of-a-task] button:disabled"].WaitForAsync();
        (await mission.Work.Tasks.GetAsync(task.Id)).Status.ShouldBe(TaskState.Inbox);
        await HostileText.DidNothingAsync(visit);
    }

    /// <summary>As the engine would leave it behind: no node of this server runs workflows.</summary>
    private async Task InstanceAsync(string id, string definition, string subStatus, string? correlation, string? error)
    {
        var status = subStatus == "Suspended" ? "Running" : "Finished";
        var state = JsonSerializer.Serialize(new { id, status, subStatus, incidents = error is null ? [] : new[] { new { activityId = "a", activityNodeId = "f:a", activityType = "x", message = error, timestamp = DateTimeOffset.UtcNow } } });
        await using var insert = mission.Server.App.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(
            """
            insert into engine.workflow_instances (id, definition_id, definition_version_id, version, status, sub_status, correlation_id, created_at, updated_at, finished_at, state)
            values ($1, $2, 'v', 1, $3, $4, $5, now(), now(), case when $3 = 'Finished' then now() end, $6::json)
            """);
        foreach (object value in (object[])[id, definition, status, subStatus, (object?)correlation ?? DBNull.Value, state]) insert.Parameters.Add(new() { Value = value });
        await insert.ExecuteNonQueryAsync();
    }
}
