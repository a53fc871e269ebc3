using System.Diagnostics;
using AgentOS.Testing.Git;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests.Loop;

/// <summary>kill -9 at seeded points of whole goals. PostgreSQL and the models' endpoint live on, as they do when one node of several dies.</summary>
public class KillTests(ITestOutputHelper output)
{
    private const int Kills = 30;

    [Fact]
    public async Task However_often_the_server_is_killed_every_task_is_merged_exactly_once_and_nothing_is_paid_twice()
    {
        await using var ground = await KillGround.CreateAsync();
        await using var server = ground.Server();
        var random = new Random(20260117);
        var kills = 0;
        var goals = 0;
        var time = Stopwatch.StartNew();
        var slowest = TimeSpan.Zero;

        while (kills < Kills)
        {
            using var repository = await KillGround.RepositoryAsync();
            var goal = Guid.CreateVersion7();
            goals++;
            for (var ended = false; !ended;)
            {
                var begun = Stopwatch.GetTimestamp();
                await server.StartAsync();
                if (!await server.GiveAsync(goal, repository.Path)) continue;
                var after = kills < Kills ? random.Next(1, 24) : int.MaxValue;
                ended = await ground.UntilAsync(goal, after);
                if (!ended) await Task.Delay(random.Next(0, 30)); // not always right behind a commit
                if (Stopwatch.GetElapsedTime(begun) is var took && took > slowest) slowest = took;
                if (ended) break;
                server.Kill();
                kills++;
            }

            await ground.AssertAsync(repository, goal);
            output.WriteLine($"goal {goals} is reached after {kills} kills, {time.Elapsed.TotalSeconds:0} s");
        }

        output.WriteLine($"{kills} kills over {goals} goals in {time.Elapsed.TotalSeconds:0} s; the longest life of a server {slowest.TotalSeconds:0.0} s");
    }

    [Fact]
    public async Task A_remote_whose_branch_moves_on_gets_every_merge_once_also_when_the_server_is_killed_meanwhile()
    {
        await using var ground = await KillGround.CreateAsync();
        await using var server = ground.Server();
        using var repository = await KillGround.RepositoryAsync();
        using var remote = await TestRepository.CreateEmptyAsync(bare: true);
        using var colleague = await TestRepository.CreateEmptyAsync();
        await repository.GitAsync("push", "-q", remote.Path, "main");
        await colleague.GitAsync("pull", "-q", remote.Path, "main");
        await server.StartAsync();
        await server.AddAsync(repository.Path, remote.Path);
        var random = new Random(20260412);
        var goal = Guid.CreateVersion7();
        var pushed = 0;

        for (var life = 1; ; life++)
        {
            await server.StartAsync();
            await server.GiveAsync(goal, repository.Path);
            // Behind our back, before the first merge and between the others.
            if (pushed < 3) await PushAsync(++pushed);
            if (await ground.UntilAsync(goal, life <= 6 ? random.Next(15, 40) : int.MaxValue)) break;
            server.Kill();
        }

        await ground.AssertAsync(repository, goal);
        (await remote.GitAsync("rev-parse", "main")).ShouldBe(await repository.HeadAsync(), "what is merged is pushed");
        (await remote.GitAsync("log", "--format=%s", "--grep=^Colleague", "main")).Split('\n').Length.ShouldBe(pushed);
        (await Aftermath.ScalarAsync<long>(ground.Database, "SELECT count(*) FROM activities WHERE event_type = 'merge.requeued' AND message LIKE '%remote%'")).ShouldBePositive("no push was rejected");

        async Task PushAsync(int number)
        {
            await colleague.Write($"colleague/{number}.txt", "theirs\n").CommitAsync($"Colleague {number}");
            while (true)
            {
                await colleague.GitAsync("pull", "-q", "--rebase", remote.Path, "main");
                try
                {
                    await colleague.GitAsync("push", "-q", remote.Path, "main");
                    return;
                }
                catch (InvalidOperationException rejected) when (rejected.Message.Contains("fetch first", StringComparison.Ordinal) || rejected.Message.Contains("non-fast-forward", StringComparison.Ordinal) || rejected.Message.Contains("but expected", StringComparison.Ordinal))
                {
                    // The server pushed a merge in between; the last of the three when it did so within this push.
                }
            }
        }
    }
}
