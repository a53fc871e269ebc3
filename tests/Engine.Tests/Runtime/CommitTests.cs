using AgentOS.Engine.Runtime.Commits;
using Npgsql;

namespace AgentOS.Engine.Tests.Runtime;

public sealed class CommitTests(EngineDatabaseFixture engine) : IClassFixture<EngineDatabaseFixture>
{
    private const string Whole = "1 2 1 1 1 1";
    private static string NewId() => Guid.NewGuid().ToString("N")[..16];

    [Fact]
    public async Task A_burst_is_written_whole()
    {
        await using var committer = new Committer(engine.Database, "node");
        var id = NewId();
        await committer.CommitAsync(EngineDatabaseFixture.Burst(id));
        (await engine.FootprintAsync(id)).ShouldBe(Whole);
        (await engine.ScalarAsync<long>("select count(*) from engine.bookmark_queue where hash = $1", "nobody-" + id)).ShouldBe(1);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task What_follows_a_commit_does_not_run_in_the_context_of_whoever_committed(bool isSuppressedAlready)
    {
        await using var committer = new Committer(engine.Database, "node") { Room = () => 1 };
        var context = new AsyncLocal<string?> { Value = "a request's" };
        var seen = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        committer.Committed += _ => seen.TrySetResult(context.Value ?? "none");
        Task commit;
        using (AsyncFlowControl? suppressed = isSuppressedAlready ? ExecutionContext.SuppressFlow() : null) commit = committer.CommitAsync(EngineDatabaseFixture.Burst(NewId()));
        await commit;
        (await seen.Task.WaitAsync(TimeSpan.FromMinutes(1))).ShouldBe("none");
        context.Value.ShouldBe("a request's");
    }

    [Fact]
    public async Task A_crash_between_any_two_statements_leaves_nothing()
    {
        var statements = new CommitBatch();
        statements.Add(EngineDatabaseFixture.Burst(NewId()), "node");
        var count = statements.Commands.Count();
        count.ShouldBeGreaterThan(6);
        for (var cut = 1; cut <= count; cut++)
        {
            var id = NewId();
            var batch = new CommitBatch();
            batch.Add(EngineDatabaseFixture.Burst(id), "node");
            await using var connection = await engine.DataSource.OpenConnectionAsync();
            await using var commands = new NpgsqlBatch(connection);
            foreach (var command in batch.Commands.Take(cut)) commands.BatchCommands.Add(command);
            // The server loses its backend here, as in a crash.
            commands.BatchCommands.Add(new("select pg_terminate_backend(pg_backend_pid())"));
            await Should.ThrowAsync<NpgsqlException>(() => commands.ExecuteNonQueryAsync());
            (await engine.FootprintAsync(id)).ShouldBe("0 0 0 0 0 0", $"after {cut} of {count} statements");
        }
    }

    [Fact]
    public async Task A_node_that_was_replaced_writes_nothing()
    {
        await using var committer = new Committer(engine.Database, "old-node");
        var id = NewId();
        await committer.CommitAsync(EngineDatabaseFixture.Burst(id, goesOn: true, subStatus: "Executing"));
        await engine.ExecuteAsync("update engine.workflow_instances set owner = 'new-node', epoch = epoch + 1 where id = $1", id);

        await Should.ThrowAsync<FencedException>(() => committer.CommitAsync(EngineDatabaseFixture.Burst(id, epoch: 1, first: 2)));
        (await engine.FootprintAsync(id)).ShouldBe("1 2 1 0 0 0");
        (await engine.ScalarAsync<string>("select owner from engine.workflow_instances where id = $1", id)).ShouldBe("new-node");
    }

    [Fact]
    public async Task A_node_that_got_the_instance_back_cannot_write_with_its_old_epoch()
    {
        await using var committer = new Committer(engine.Database, "node");
        var id = NewId();
        await committer.CommitAsync(EngineDatabaseFixture.Burst(id, goesOn: true, subStatus: "Executing"));
        await engine.ExecuteAsync("update engine.workflow_instances set epoch = epoch + 2 where id = $1", id);
        await Should.ThrowAsync<FencedException>(() => committer.CommitAsync(EngineDatabaseFixture.Burst(id, epoch: 1, first: 2)));
        await committer.CommitAsync(EngineDatabaseFixture.Burst(id, epoch: 3, first: 2));
        (await engine.FootprintAsync(id)).ShouldBe("1 4 2 1 1 1");
    }

    [Fact]
    public async Task A_deleted_instance_does_not_come_back()
    {
        await using var committer = new Committer(engine.Database, "node");
        var id = NewId();
        await committer.CommitAsync(EngineDatabaseFixture.Burst(id, goesOn: true, subStatus: "Executing"));
        await engine.ExecuteAsync("delete from engine.workflow_instances where id = $1", id);
        await Should.ThrowAsync<FencedException>(() => committer.CommitAsync(EngineDatabaseFixture.Burst(id, epoch: 1, first: 2)));
        (await engine.ScalarAsync<long>("select count(*) from engine.workflow_instances where id = $1", id)).ShouldBe(0);
    }

    [Fact]
    public async Task Of_two_starts_with_one_id_one_is_written()
    {
        await using var one = new Committer(engine.Database, "node-1");
        await using var two = new Committer(engine.Database, "node-2");
        var id = NewId();
        var tries = await Task.WhenAll(new[] { one, two, one, two }.Select(async committer =>
        {
            try { await committer.CommitAsync(EngineDatabaseFixture.Burst(id)); return true; }
            catch (FencedException) { return false; }
        }));
        tries.Count(x => x).ShouldBe(1);
        (await engine.FootprintAsync(id)).ShouldBe(Whole);
    }

    [Fact]
    public async Task In_a_group_only_the_stale_burst_fails()
    {
        await using var committer = new Committer(engine.Database, "node", lanes: 1);
        var ids = Enumerable.Range(0, 20).Select(_ => NewId()).ToList();
        await committer.CommitAsync(EngineDatabaseFixture.Burst(ids[7]));
        var failures = await Task.WhenAll(ids.Select(async id =>
        {
            try { await committer.CommitAsync(EngineDatabaseFixture.Burst(id)); return 0; }
            catch (FencedException) { return 1; }
        }));
        failures.Sum().ShouldBe(1);
        foreach (var id in ids) (await engine.FootprintAsync(id)).ShouldBe(Whole);
    }

    [Fact]
    public async Task Work_that_another_node_claimed_meanwhile_undoes_the_burst()
    {
        await using var committer = new Committer(engine.Database, "node");
        var id = NewId();
        var item = await engine.ScalarAsync<long>("insert into engine.work (kind, instance_id, definition_version_id, owner, attempts) values ('start', $1, 'sample:1', 'node', 1) returning id", id);
        await engine.ExecuteAsync("update engine.work set owner = 'other', attempts = 2 where id = $1", item);
        var burst = EngineDatabaseFixture.Burst(id);
        burst.Done.Add(new(item, 1));
        await Should.ThrowAsync<FencedException>(() => committer.CommitAsync(burst));
        (await engine.FootprintAsync(id)).ShouldBe("0 0 0 0 0 0");
    }

    [Fact]
    public async Task An_event_sent_early_goes_to_the_first_bookmark_that_fits_and_to_no_other()
    {
        await using var committer = new Committer(engine.Database, "node");
        var (sender, first, second) = (NewId(), NewId(), NewId());
        var early = EngineDatabaseFixture.Burst(sender);
        early.Published.Add(new("Elsa.Event", "hash-" + first, null, null, null, null, "{\"n\":7}"u8.ToArray(), DateTime.UtcNow.AddMinutes(1)));
        await committer.CommitAsync(early);
        await committer.CommitAsync(EngineDatabaseFixture.Burst(first));
        (await engine.ScalarAsync<string>("select request::text from engine.work where kind = 'resume' and instance_id = $1", first)).ShouldBe("{\"input\" : {\"n\":7}}");
        (await engine.ScalarAsync<long>("select count(*) from engine.bookmark_queue where hash = $1", "hash-" + first)).ShouldBe(0);
        await committer.CommitAsync(EngineDatabaseFixture.Burst(second));
        (await engine.ScalarAsync<long>("select count(*) from engine.work where kind = 'resume' and instance_id = $1", second)).ShouldBe(0);
    }

    [Fact]
    public async Task What_a_commit_asks_for_is_claimed_with_it_as_far_as_there_is_room()
    {
        await using var committer = new Committer(engine.Database, "node", lanes: 1) { Room = () => 1 };
        var effects = new List<CommitEffects>();
        committer.Committed += effects.Add;
        var (waiting, busy, sender) = (NewId(), NewId(), NewId());
        await committer.CommitAsync(EngineDatabaseFixture.Burst(waiting));
        await committer.CommitAsync(EngineDatabaseFixture.Burst(busy));
        await engine.ExecuteAsync("update engine.workflow_instances set owner = 'other' where id = $1", busy);
        effects.Clear();

        var burst = new InstanceCommit();
        foreach (var child in (string[])["-1", "-2"]) burst.Dispatched.Add(new("start", sender + child, "sample:1", null, null, null, "{}"u8.ToArray()));
        foreach (var instance in (string[])[waiting, busy]) burst.Published.Add(new("Elsa.Event", "hash-" + instance, null, null, null, null, "{}"u8.ToArray(), null));
        await committer.CommitAsync(burst);

        var (claimed, left) = (effects.ShouldHaveSingleItem().Claimed, effects[0].LeavesWork);
        left.ShouldBeTrue();
        claimed.Select(claim => (claim.Items.Single().Kind, claim.Items.Single().InstanceId, claim.Instance?.Epoch)).ShouldBe([("start", sender + "-1", null), ("resume", waiting, 2)]);
        (await engine.ScalarAsync<string>("select owner from engine.workflow_instances where id = $1", waiting)).ShouldBe("node");
        (await engine.ScalarAsync<string>("select owner from engine.workflow_instances where id = $1", busy)).ShouldBe("other");
        (await engine.ScalarAsync<string>("select string_agg(coalesce(owner, 'nobody'), ' ' order by id) from engine.work where instance_id like $1 or instance_id = any($2)", sender + "%", new[] { waiting, busy }))
            .ShouldBe("node nobody node nobody");
    }

    [Fact]
    public async Task An_instance_with_older_work_is_left_to_whoever_takes_that_first()
    {
        await using var committer = new Committer(engine.Database, "node", lanes: 1) { Room = () => 9 };
        var id = NewId();
        await committer.CommitAsync(EngineDatabaseFixture.Burst(id));
        await engine.ExecuteAsync("insert into engine.work (kind, instance_id) values ('cancel', $1)", id);
        var burst = new InstanceCommit();
        burst.Published.Add(new("Elsa.Event", "hash-" + id, null, null, null, null, "{}"u8.ToArray(), null));

        await committer.CommitAsync(burst);

        (await engine.ScalarAsync<bool>("select owner is null and epoch = 1 from engine.workflow_instances where id = $1", id)).ShouldBeTrue();
    }

    [Fact]
    public async Task The_database_refuses_a_status_that_does_not_exist()
    {
        await using var committer = new Committer(engine.Database, "node");
        var failure = await Should.ThrowAsync<PostgresException>(() => committer.CommitAsync(EngineDatabaseFixture.Burst(NewId(), subStatus: "Asleep")));
        failure.SqlState.ShouldBe(PostgresErrorCodes.CheckViolation);
    }
}
