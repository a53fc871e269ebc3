using System.Text.Json;
using AgentOS.Engine.Runtime.Commits;
using AgentOS.Engine.Runtime.Events;
using Npgsql;

namespace AgentOS.Engine.Tests.Runtime;

/// <summary>A commit's statements are planned once, by whatever the tables hold then, and executed for hours: no plan may read more than what it is asked for.</summary>
public sealed class CommitPlanTests(EngineDatabaseFixture engine) : IClassFixture<EngineDatabaseFixture>
{
    [Fact]
    public async Task Every_row_is_found_by_a_key_also_by_plans_of_a_time_when_there_was_nothing()
    {
        List<string> faults = [];
        await using var connection = await engine.DataSource.OpenConnectionAsync();
        await RunAsync(CommitLane.PlansByKey);
        await RunAsync("vacuum (analyze)");
        await CheckAsync("nothing was there");

        // A quiet hour: all that ever ran has ended, and nothing waits. The index of what runs is empty then, and looks cheap to read as a whole.
        await RunAsync("""
            insert into engine.workflow_instances (id, definition_id, definition_version_id, version, status, sub_status, created_at, updated_at, finished_at, state)
            select 'instance-' || n, 'sample', 'sample:1', 1, 'Finished', 'Finished', now(), now(), now(), '{}' from generate_series(1, 1000) n
            """);
        await RunAsync("vacuum (analyze)");
        await CheckAsync("all had ended");

        faults.ShouldBeEmpty();

        async Task CheckAsync(string when)
        {
            var batch = new CommitBatch();
            batch.Add(EngineDatabaseFixture.Burst("new"), "node");
            var later = EngineDatabaseFixture.Burst("later", epoch: 1);
            later.Done.Add(new(1, 1));
            later.BurnedBookmarks.Add("bookmark");
            later.ChangedExecutions.AddRange(later.NewExecutions);
            later.Published.Add(new("e", "hash", "instance-1", null, null, null, null, null));
            batch.Add(later, "node");
            batch.ClaimFor("node", 1);
            var commands = batch.Commands.ToList();
            commands.Count.ShouldBe(13, "of each kind one");
            foreach (var command in commands)
                faults.AddRange((await ScansAsync(command)).Where(scan => !scan.TryGetProperty("Index Cond", out _)).Select(scan => $"Planned when {when}: {scan} of {command.CommandText}"));

            // Thousands may wait for the same event.
            var toOne = new StimulusStatement(toOneInstance: true);
            string.Join(' ', (await ScansAsync(toOne.Command)).Select(scan => scan.GetProperty("Index Name").GetString()).Distinct().Order(StringComparer.Ordinal))
                .ShouldBe("bookmarks_by_instance_and_hash work_by_instance workflow_instances_pkey", $"planned when {when}");
        }

        async Task<List<JsonElement>> ScansAsync(NpgsqlBatchCommand command)
        {
            await RunAsync($"prepare planned ({string.Join(", ", command.Parameters.Select(parameter => parameter.DataTypeName))}) as {command.CommandText}");
            await using var explain = new NpgsqlCommand($"explain (format json) execute planned ({string.Join(", ", command.Parameters.Select(_ => "null"))})", connection);
            var plan = JsonSerializer.Deserialize<JsonElement>((string)(await explain.ExecuteScalarAsync())!)[0].GetProperty("Plan");
            await RunAsync("deallocate planned");
            return [.. Scans(plan)];
        }

        async Task RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    private static IEnumerable<JsonElement> Scans(JsonElement node)
    {
        var type = node.GetProperty("Node Type").GetString()!;
        if (type.EndsWith("Scan", StringComparison.Ordinal) && node.TryGetProperty("Relation Name", out _)) yield return node;
        if (!node.TryGetProperty("Plans", out var below)) yield break;
        foreach (var one in below.EnumerateArray())
            foreach (var scan in Scans(one)) yield return scan;
    }
}
