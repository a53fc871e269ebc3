using System.Diagnostics;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests.Loop;

/// <summary>Two servers on one database: both hear everything, and what one begins the other can end.</summary>
public class TwoServersTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(int.MaxValue)] // both live
    [InlineData(6)]            // the plan is being made
    [InlineData(30)]           // tasks are coded
    [InlineData(60)]           // judged, merged
    public async Task Every_task_is_started_once_and_when_one_server_is_killed_the_other_reaches_the_goal(int killedAfter)
    {
        await using var ground = await KillGround.CreateAsync();
        var database = ground.Database;
        await using var first = ground.Server();
        await using var second = ground.Server("worker");
        using var repository = await KillGround.RepositoryAsync();
        var goal = Guid.CreateVersion7();
        await first.StartAsync();
        await second.StartAsync();
        (await Aftermath.ScalarAsync<long>(database, "SELECT count(*) FROM engine.nodes")).ShouldBe(2);

        await first.GiveAsync(goal, repository.Path);
        if (!await ground.UntilAsync(goal, killedAfter))
        {
            first.Kill();
            var killed = Stopwatch.StartNew();
            while (await Aftermath.ScalarAsync<long>(database, "SELECT count(*) FROM engine.nodes") > 1) await ground.Watch.WaitAsync(TimeSpan.FromMilliseconds(50), CancellationToken.None);
            output.WriteLine($"The other knew after {killed.Elapsed.TotalSeconds:0.0} s.");
            killed.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(15), "a node that was killed is known to be dead long before its lease ends");
            (await ground.UntilAsync(goal)).ShouldBeTrue();
        }

        await ground.AssertAsync(repository, goal);
        // Both doorbells heard of each task that could start; a second start of the same is none.
        (await Aftermath.ScalarAsync<string>(database,
            "SELECT string_agg(DISTINCT n::text, ' ') FROM (SELECT count(*) AS n FROM engine.workflow_instances WHERE definition_id = 'task' GROUP BY correlation_id) each")).ShouldBe("1");
        (await Aftermath.ScalarAsync<long>(database, "SELECT count(*) FROM engine.work WHERE kind = 'start'")).ShouldBe(0);
        (await Aftermath.ScalarAsync<long>(database, "SELECT count(*) FROM activities WHERE event_type = 'task.taken_back'")).ShouldBe(0);
    }
}
