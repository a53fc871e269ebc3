using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentOS.Engine.Runtime.Commits;
using AgentOS.Engine.Runtime.Hosting;
using AgentOS.Engine.Runtime.Instances;
using AgentOS.Engine.Runtime.Nodes;
using AgentOS.Engine.Runtime.Work;
using AgentOS.Testing.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AgentOS.Engine.Tests.Runtime;

/// <summary>Instances are deleted while others run, claim, commit and delete them.</summary>
public sealed class DeletionTests(EngineDatabaseFixture engine) : IClassFixture<EngineDatabaseFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Whoever_claims_work_does_not_wait_for_an_instance_that_is_being_deleted()
    {
        await SuspendedAsync("held");
        await engine.ExecuteAsync("delete from engine.work");
        await engine.ExecuteAsync("insert into engine.work (kind, instance_id) values ('continue', 'held')");
        await using var node = new Node(engine.Database, NullLogger<Node>.Instance);
        var backlog = new Backlog(engine.Database, node);
        await using var connection = await engine.DataSource.OpenConnectionAsync();
        await using (var deletion = await connection.BeginTransactionAsync())
        {
            await RunAsync(connection, "delete from engine.workflow_instances where id = 'held'");
            (await backlog.ClaimAsync(10).WaitAsync(Limit)).ShouldBeEmpty();
        }

        // It was not deleted after all, and its work is there.
        (await backlog.ClaimAsync(10)).ShouldHaveSingleItem().Instance!.Id.ShouldBe("held");
        await engine.ExecuteAsync("delete from engine.work where instance_id = 'held'");
    }

    [Fact]
    public async Task A_deletion_that_has_to_give_way_is_done_again()
    {
        await SuspendedAsync("wanted");
        await engine.ExecuteAsync("insert into engine.work (kind, instance_id) values ('continue', 'wanted')");
        // As a superuser it may say that it is not the one to look for deadlocks: so that the deletion is.
        await using var other = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(await TestPostgres.AdministratorAsync()) { Database = new NpgsqlConnectionStringBuilder(engine.ConnectionString).Database }.ConnectionString);
        await other.OpenAsync();
        await RunAsync(other, "set deadlock_timeout = '30s'");
        await using var transaction = await other.BeginTransactionAsync();
        await RunAsync(other, "select from engine.work where instance_id = 'wanted' for update");

        var deletion = new InstanceStore(engine.Database).DeleteAsync(["wanted"]);
        await engine.UntilAsync("select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')");
        await RunAsync(other, "select from engine.workflow_instances where id = 'wanted' for update");
        await transaction.CommitAsync();

        (await deletion.WaitAsync(Limit)).ShouldBe(1);
        (await engine.FootprintAsync("wanted")).ShouldBe("0 0 0 0 0 1"); // a child, of its own id
        (await engine.ScalarAsync<long>("select count(*) from engine.work where instance_id = 'wanted'")).ShouldBe(0);
    }

    [Fact]
    public async Task An_instance_whose_first_commit_comes_in_between_is_deleted_whole_or_not_at_all()
    {
        await engine.ExecuteAsync("insert into engine.work (kind, instance_id, definition_version_id) values ('start', 'between', 'sample:1')");
        await using var connection = await engine.DataSource.OpenConnectionAsync();
        await using var commit = await connection.BeginTransactionAsync();
        var batch = new CommitBatch();
        batch.Add(EngineDatabaseFixture.Burst("between"), "node");
        await using (var statements = new NpgsqlBatch(connection))
        {
            foreach (var command in batch.Commands) statements.BatchCommands.Add(command);
            statements.BatchCommands.Add(new("delete from engine.work where instance_id = 'between'"));
            await statements.ExecuteNonQueryAsync();
        }
        var deletion = new InstanceStore(engine.Database).DeleteAsync(["between"]);
        await engine.UntilAsync("select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')");
        await commit.CommitAsync();

        (await deletion.WaitAsync(Limit)).ShouldBe(0);
        (await engine.FootprintAsync("between")).ShouldBe("1 2 1 1 1 1");
    }

    [Fact]
    public async Task Deletions_that_overlap_each_other_and_running_work_leave_nothing_behind()
    {
        await using var application = await EngineApplication.StartAsync(options =>
        {
            options.Retention.Policies = [new RetentionPolicy(TimeSpan.Zero)];
            options.Retention.BatchSize = 7;
            options.Retention.SweepInterval = TimeSpan.FromMilliseconds(1);
        });
        var steps = string.Join(',', Enumerable.Range(0, 4).Select(step => Definitions.WriteLine($"w{step}", "")));
        await application.PostAsync("workflow-definitions", Definitions.Sequence("ends", steps, """{"commitStrategyName":"ActivityExecuted"}"""));
        await application.PostAsync("workflow-definitions", Definitions.Sequence("waits", $"{steps},{Definitions.Event("e", "go")}", """{"commitStrategyName":"ActivityExecuted"}"""));

        for (var round = 0; round < 4; round++)
        {
            var ids = new List<string>();
            foreach (var definition in (string[])["ends", "waits"])
                ids.AddRange((await application.PostAsync($"workflow-definitions/{definition}/bulk-dispatch", """{"count":100}""")).GetProperty("workflowInstanceIds").EnumerateArray().Select(id => id.GetString()!));
            var random = new Random(round);
            var work = Enumerable.Range(0, 4).Select(_ => DeleteAsync(application, [.. ids.OrderBy(_ => random.Next())])).ToList();
            work.Add(CancelAsync(application, [.. ids.OrderBy(_ => random.Next()).Take(40)]));
            work.Add(application.PostAsync("events/go/trigger", "{}"));
            work.Add(RunAsync(application, 20));
            await Task.WhenAll(work).WaitAsync(Limit);
        }

        // What came to be after the deletions is whole; the rest is gone.
        await application.Database.UntilAsync("select not exists (select from engine.work)");
        (await OrphansAsync(application.Database)).ShouldBe("0 0 0 0");
        (await application.Database.ScalarAsync<long>("select count(*) from engine.workflow_instances i where not exists (select from engine.journal j where j.instance_id = i.id)")).ShouldBe(0);
        await application.PostAsync("bulk-actions/delete/workflow-instances", """{"workflowDefinitionIds":["ends","waits"]}""");
        (await application.Database.ScalarAsync<long>("select (select count(*) from engine.workflow_instances) + (select count(*) from engine.journal) + (select count(*) from engine.activity_executions) + (select count(*) from engine.bookmarks)")).ShouldBe(0);
    }

    private static async Task DeleteAsync(EngineApplication application, List<string> ids)
    {
        foreach (var some in ids.Chunk(60)) await application.PostAsync("bulk-actions/delete/workflow-instances/by-id", JsonSerializer.Serialize(new { ids = some }));
    }

    private static async Task CancelAsync(EngineApplication application, List<string> ids)
    {
        foreach (var some in ids.Chunk(10)) await application.PostAsync("bulk-actions/cancel/workflow-instances", JsonSerializer.Serialize(new { ids = some }));
    }

    // Each runs while it is deleted by its definition: its caller is told.
    private static async Task RunAsync(EngineApplication application, int times)
    {
        for (var run = 0; run < times; run++)
        {
            using var answer = await application.Http.PostAsJsonAsync("workflow-definitions/ends/execute", new { });
            answer.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Conflict);
            await application.PostAsync("bulk-actions/delete/workflow-instances", """{"workflowDefinitionId":"ends"}""");
        }
    }

    private static Task<string?> OrphansAsync(EngineDatabaseFixture database) => database.ScalarAsync<string>("""
        select concat_ws(' ', (select count(*) from engine.journal x where not exists (select from engine.workflow_instances i where i.id = x.instance_id)),
            (select count(*) from engine.activity_executions x where not exists (select from engine.workflow_instances i where i.id = x.instance_id)),
            (select count(*) from engine.bookmarks x where not exists (select from engine.workflow_instances i where i.id = x.instance_id)),
            (select count(*) from engine.bookmark_queue x where x.instance_id is not null and not exists (select from engine.workflow_instances i where i.id = x.instance_id)))
        """);

    private async Task SuspendedAsync(string id)
    {
        await using var committer = new Committer(engine.Database, "node");
        await committer.CommitAsync(EngineDatabaseFixture.Burst(id));
        await engine.ExecuteAsync("delete from engine.bookmark_queue");
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }
}
