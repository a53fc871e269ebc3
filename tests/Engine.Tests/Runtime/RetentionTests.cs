using AgentOS.Engine.Runtime.Hosting;
using AgentOS.Engine.Runtime.Instances;
using AgentOS.Engine.Runtime.Commits;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Engine.Tests.Runtime;

/// <summary>What has finished goes when it is old enough, whole, and nothing else does.</summary>
public sealed class RetentionTests(EngineDatabaseFixture engine) : IClassFixture<EngineDatabaseFixture>
{
    private static readonly TimeSpan Age = TimeSpan.FromDays(10);
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();

    [Fact]
    public async Task Old_finished_instances_go_with_all_that_is_theirs_in_small_transactions()
    {
        foreach (var id in (string[])["old-1", "old-2", "old-3", "old-4", "old-5"]) await InstanceAsync(id, days: 20);
        await InstanceAsync("young", days: 9);
        await InstanceAsync("lately-ended", days: 20, ended: 1);
        await InstanceAsync("suspended", days: 20, subStatus: "Suspended");
        await InstanceAsync("faulted", days: 20, subStatus: "Faulted");
        await InstanceAsync("needed", days: 20);
        await InstanceAsync("running-child-of-old", days: 20, subStatus: "Suspended", parent: "started-a-running-one");
        await InstanceAsync("started-a-running-one", days: 20);
        await InstanceAsync("child-of-running", days: 20, parent: "suspended");
        await InstanceAsync("child-of-old", days: 20, parent: "old-1");
        var asked = new List<int>();
        var retention = Retention(new RetentionPolicy(Age, "Finished"), (ids, _) =>
        {
            asked.Add(ids.Count);
            return Task.FromResult<IReadOnlyCollection<string>>([.. ids.Where(id => id == "needed")]);
        });

        (await retention.RunOnceAsync()).ShouldBe(6);

        asked.ShouldAllBe(count => count <= 2);
        foreach (var gone in (string[])["old-1", "old-5", "child-of-old"]) (await engine.FootprintAsync(gone)).ShouldBe("0 0 0 0 0 0", gone);
        foreach (var kept in (string[])["young", "lately-ended", "faulted", "needed", "started-a-running-one", "child-of-running"]) (await engine.FootprintAsync(kept)).ShouldBe("1 2 1 0 0 0", kept);
        (await engine.FootprintAsync("suspended")).ShouldBe("1 2 1 1 1 1");
        (await retention.RunOnceAsync()).ShouldBe(0);

        // However it ended, of one definition only, and of another that has nothing.
        (await Retention(new RetentionPolicy(Age, DefinitionId: "other")).RunOnceAsync()).ShouldBe(0);
        (await Retention(new RetentionPolicy(Age, DefinitionId: "sample"), (ids, _) => Task.FromResult(ids)).RunOnceAsync()).ShouldBe(0);
        (await Retention(new RetentionPolicy(Age, DefinitionId: "sample")).RunOnceAsync()).ShouldBe(2);
        (await engine.FootprintAsync("faulted")).ShouldBe("0 0 0 0 0 0");
        (await engine.ScalarAsync<long>("select count(*) from engine.workflow_instances where status = 'Running'")).ShouldBe(2);
    }

    private Retention Retention(RetentionPolicy policy, Func<IReadOnlyCollection<string>, CancellationToken, Task<IReadOnlyCollection<string>>>? needed = null)
    {
        var options = new EngineOptions();
        options.Retention.Policies = [policy];
        options.Retention.BatchSize = 2;
        if (needed is not null) options.Retention.Needed = (_, ids, stop) => needed(ids, stop);
        return new(engine.Database, new(engine.Database), options, _services.GetRequiredService<IServiceScopeFactory>());
    }

    private async Task InstanceAsync(string id, int days, string subStatus = "Finished", string? parent = null, int? ended = null)
    {
        await using var committer = new Committer(engine.Database, "node");
        await committer.CommitAsync(EngineDatabaseFixture.Burst(id, subStatus: subStatus == "Suspended" ? "Suspended" : "Finished"));
        await engine.ExecuteAsync("""
            update engine.workflow_instances set sub_status = $2, parent_id = nullif($3, ''), created_at = now() - make_interval(days => $4),
                finished_at = case when status = 'Finished' then now() - make_interval(days => $5) end where id = $1
            """, id, subStatus, parent ?? "", days, ended ?? days);
    }
}
