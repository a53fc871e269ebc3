using AgentOS.Engine.Runtime.Instances;

namespace AgentOS.Engine.Tests.Runtime;

/// <summary>A report is read every few seconds: it costs the same however much has finished.</summary>
public sealed class ReportTests(EngineDatabaseFixture engine) : IClassFixture<EngineDatabaseFixture>
{
    [Fact]
    public async Task What_runs_and_what_faulted_is_found_by_an_index_among_any_number_that_ended_well()
    {
        await engine.ExecuteAsync("""
            insert into engine.workflow_instances (id, definition_id, definition_version_id, version, status, sub_status, created_at, updated_at, finished_at, state)
            select 'i' || i, 'd' || i % 20, 'v', 1, case i % 1000 when 0 then 'Running' else 'Finished' end, case i % 1000 when 0 then 'Suspended' when 1 then 'Faulted' else 'Finished' end,
                now() - i * interval '1 second', now(), case when i % 1000 > 0 then now() end, '{}' from generate_series(1, 20000) i
            """);
        await engine.ExecuteAsync("analyze engine.workflow_instances");

        var counts = await PlanAsync(EngineReport.Definitions);
        counts.ShouldContain("instances_running");
        counts.ShouldContain("instances_faulted");
        counts.ShouldNotContain("Seq Scan on workflow_instances");
        (await PlanAsync(EngineReport.Faulted, 20)).ShouldNotContain("Seq Scan on workflow_instances");
    }

    private async Task<string> PlanAsync(string sql, params object[] parameters)
    {
        await using var explain = engine.DataSource.CreateCommand("explain " + sql);
        foreach (var value in parameters) explain.Parameters.Add(new() { Value = value });
        await using var reader = await explain.ExecuteReaderAsync();
        List<string> lines = [];
        while (await reader.ReadAsync()) lines.Add(reader.GetString(0));
        return string.Join('\n', lines);
    }
}
